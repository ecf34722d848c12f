package portal

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

const (
	// maxCalls is how many calls of the store the pages make at once: fewer than any store has connections, so that however many visitors
	// there are, the manager beside them finds one.
	maxCalls = 3
	// patience is how long a page waits for its turn.
	patience = 5 * time.Second
)

// errBusy is shown as a page to reload.
var errBusy = errors.New("too many pages wait for the store")

// turns let a few calls be made at once.
type turns chan struct{}

func newTurns() turns { return make(turns, maxCalls) }

func (t turns) take(ctx context.Context, call func() error) error {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case t <- struct{}{}:
		defer func() { <-t }()
		return call()
	case <-bounded.Done():
		return errBusy
	}
}

// inTurn is take for a call that answers something.
func inTurn[T any](ctx context.Context, t turns, call func() (T, error)) (out T, err error) {
	err = t.take(ctx, func() error {
		out, err = call()
		return err
	})
	return out, err
}

// linksInTurn are the links of a store.
type linksInTurn struct {
	turns
	store store.Links
}

func (t turns) links(of store.Links) store.Links { return linksInTurn{t, of} }

func (l linksInTurn) Link(ctx context.Context, token store.Secret) (store.Link, error) {
	return inTurn(ctx, l.turns, func() (store.Link, error) { return l.store.Link(ctx, token) })
}

func (l linksInTurn) ConfirmAddress(ctx context.Context, token store.Secret) (next store.Secret, err error) {
	return inTurn(ctx, l.turns, func() (store.Secret, error) { return l.store.ConfirmAddress(ctx, token) })
}

func (l linksInTurn) ChoosePassword(ctx context.Context, token, hash store.Secret) error {
	return l.take(ctx, func() error { return l.store.ChoosePassword(ctx, token, hash) })
}

func (l linksInTurn) RequestLink(ctx context.Context, purpose store.LinkPurpose, email string) error {
	return l.take(ctx, func() error { return l.store.RequestLink(ctx, purpose, email) })
}

func (l linksInTurn) CountLinkRequest(ctx context.Context, network netip.Prefix) error {
	return l.take(ctx, func() error { return l.store.CountLinkRequest(ctx, network) })
}
