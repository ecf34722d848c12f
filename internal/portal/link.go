package portal

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

// linkFor looks a token up. One for another purpose is as good as none.
func linkFor(ctx context.Context, links store.Links, purpose store.LinkPurpose, token store.Secret) (store.Link, error) {
	link, err := links.Link(ctx, token)
	if err == nil && link.Purpose != purpose {
		err = store.ErrNotFound
	}
	return link, err
}
