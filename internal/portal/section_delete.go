package portal

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// ending is what the section on the account's end shows.
type ending struct {
	Managed bool      // an object manages the account, so that its holder asks for its end
	Asked   time.Time // zero: nobody asked
}

func endingOf(now store.HeldAccount) ending {
	return ending{Managed: !now.Managed.By.IsZero(), Asked: now.DeletionRequested}
}

// deleteSection leads to the page on which a holder deletes the account, or asks for that, and has what was asked for taken back.
func deleteSection(h held) section {
	return section{
		id: "delete", title: "Delete the account",
		show: func(ctx context.Context, in member) (any, error) {
			now, err := h.account(ctx, in)
			return endingOf(now), err
		},
		steps: map[string]memberStep{
			"GET " + deletePath:                h.askForEnd,
			"POST " + deletePath:               proven(deletePath, h.delete),
			"POST " + deletePath + "/ask":      proven(deletePath, h.requestDeletion),
			"POST " + deletePath + "/withdraw": h.withdrawDeletion,
		},
	}
}
