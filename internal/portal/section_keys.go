package portal

import (
	"context"
	"errors"

	"github.com/account-operator/account-operator/internal/store"
)

// keysSection leads to the page of the account's API keys. To see and make them takes the password again.
func keysSection(h held) section {
	return section{
		id: "keys", title: "API keys",
		show: func(ctx context.Context, in member) (any, error) {
			all, err := h.store.Holder(in.AccountID).Keys(ctx)
			if errors.Is(err, store.ErrNotFound) { // since it signed in; the next page says so
				err = nil
			}
			return len(all), err
		},
		steps: map[string]memberStep{
			"GET " + keysPath:              proven(keysPath, h.listKeys),
			"POST " + keysPath:             proven(keysPath, h.makeKey),
			"POST " + keysPath + "/delete": proven(keysPath, h.deleteKey),
		},
	}
}
