package lifecycle

import (
	"context"
	"errors"
	"slices"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// Child is what kinds share whose objects have one row each in an Account.
type Child[T object.Child, R any] struct {
	*Resource[R]

	Reader *clusterview.Reader
	// Rows are where the store keeps them.
	Rows func(store.FencedStore) store.Rows[R]
	// Noun is what people call a row, and status a row that another client removed.
	Noun string
	// RefreshCounts is called with an Account that may have more or fewer rows than it had.
	RefreshCounts func(account store.Claim)
}

// Wanted is what an object wants of its row in one pass.
type Wanted[R any] struct {
	Account store.Claim
	Record  string
	Row     *R
	// Compare notes each leaf in the drift, and takes out of Row what is to be left as it is.
	Compare func(d *drift.Drift, have *R) error
	// Written is called once the row is written. The Event is what a person should see, unless there is drift to be seen; nil: none.
	Written func() events.Event
	// Report writes into status what the row has; it is not called where the row was not read, or is missing and left so.
	Report func(have *R)
}

// Write makes the row what the object wants, but for what another client changed and is only to be reported.
func (c *Child[T, R]) Write(ctx context.Context, obj T, want Wanted[R]) (events.Event, error) {
	claim, err := c.Reader.Claim(ctx, c.Kind, obj)
	if err != nil {
		return events.Event{}, err
	}
	written, before := events.Event{}, obj.CommonStatus().Drifted
	event, err := c.Resource.Write(ctx, obj, Row[R]{
		Claim: claim, Record: want.Record, Read: c.rows().Get, Compare: want.Compare,
		Missing: func(d *drift.Drift) { d.Names, d.Gone = append(d.Names, c.Noun), true },
		Put: func(ctx context.Context, mark store.Mark) (R, events.Event, error) {
			got, err := c.put(ctx, obj, claim, want, mark)
			return got, events.Event{}, err
		},
		Tried: func(_ *drift.Drift, there bool, err error) {
			if !there { // an error may be that only the answer was lost
				c.RefreshCounts(want.Account)
			}
			if err == nil && want.Written != nil {
				written = want.Written()
			}
		},
		Report: func(have *R) {
			if have != nil {
				want.Report(have)
			}
		},
	})
	if err != nil {
		return events.Event{}, err
	}
	if !slices.Equal(before, obj.CommonStatus().Drifted) { // another client removed the row, which is left so
		c.RefreshCounts(want.Account)
	}
	return event.Or(written), nil
}

// put creates or replaces the row; that of this object's previous incarnation is bound to it first.
func (c *Child[T, R]) put(ctx context.Context, obj T, claim store.Claim, want Wanted[R], mark store.Mark) (R, error) {
	got, err := c.rows().Put(ctx, claim, want.Account, *want.Row, mark)
	if conflict := (*store.ConflictError)(nil); errors.As(err, &conflict) {
		if err := c.rebind(ctx, obj, claim, conflict.Holder); err != nil {
			return *new(R), err
		}
		got, err = c.rows().Put(ctx, claim, want.Account, *want.Row, mark)
	}
	if errors.Is(err, store.ErrNotFound) {
		return *new(R), clusterview.AccountNotReady(obj.AccountName())
	}
	return got, err
}

func (c *Child[T, R]) rebind(ctx context.Context, obj T, claim, holder store.Claim) error {
	previous, err := c.Reader.PreviousIncarnation(ctx, obj, claim, holder)
	if err != nil {
		return err
	}
	if !previous {
		return nameHeld(c.Noun)
	}
	return c.Session.Fenced().Rebind(ctx, holder, claim)
}

func nameHeld(noun string) error {
	return outcome.StalledBy(v1alpha1.ReasonNameConflict,
		"the account has a %s of this name that this object does not manage; give this object another name", noun)
}

func (c *Child[T, R]) rows() store.Rows[R] { return c.Rows(c.Session.Fenced()) }

// Remove implements Kind.
func (c *Child[T, R]) Remove(ctx context.Context, obj T) error {
	claim, err := c.Reader.Claim(ctx, c.Kind, obj)
	if err != nil {
		return err
	}
	if err := c.rows().Delete(ctx, claim, obj.Common().Retains()); err != nil {
		return err
	}
	if account, err := c.Reader.Account(ctx, obj); err == nil { // one that is not there has no counts to refresh
		c.RefreshCounts(account)
	}
	return nil
}

// Released implements Kind: nothing depends on such a row.
func (c *Child[T, R]) Released(context.Context, T) {}

// Forget implements Kind: nothing is remembered of an object.
func (c *Child[T, R]) Forget(types.UID) {}
