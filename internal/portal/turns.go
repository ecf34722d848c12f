package portal

import (
	"context"
	"errors"
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

// turns are the links of a store, a few calls at once.
type turns struct {
	links store.Links
	slots chan struct{}
}

func inTurns(links store.Links) *turns { return &turns{links, make(chan struct{}, maxCalls)} }

func (t *turns) take(ctx context.Context, call func() error) error {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
		return call()
	case <-bounded.Done():
		return errBusy
	}
}

// Link implements store.Links, as do the others.
func (t *turns) Link(ctx context.Context, token store.Secret) (link store.Link, err error) {
	err = t.take(ctx, func() error {
		link, err = t.links.Link(ctx, token)
		return err
	})
	return link, err
}

func (t *turns) ConfirmAddress(ctx context.Context, token store.Secret) (next store.Secret, err error) {
	err = t.take(ctx, func() error {
		next, err = t.links.ConfirmAddress(ctx, token)
		return err
	})
	return next, err
}

func (t *turns) ChoosePassword(ctx context.Context, token, hash store.Secret) error {
	return t.take(ctx, func() error { return t.links.ChoosePassword(ctx, token, hash) })
}

func (t *turns) RequestLink(ctx context.Context, purpose store.LinkPurpose, email string) error {
	return t.take(ctx, func() error { return t.links.RequestLink(ctx, purpose, email) })
}

func (t *turns) LinkRequestsLeft(ctx context.Context) (left int, err error) {
	err = t.take(ctx, func() error {
		left, err = t.links.LinkRequestsLeft(ctx)
		return err
	})
	return left, err
}
