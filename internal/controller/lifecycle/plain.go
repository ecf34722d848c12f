package lifecycle

import (
	"context"

	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/store"
)

// Spec is what makes one kind differ from another whose row follows from the spec alone.
type Spec[T object.Child, R any] interface {
	// Desired is the row that a spec asks for. Of it the record is made: a field that is added later is left out while it is empty.
	Desired(obj T) (R, error)
	// Compare notes each leaf in the drift, and takes out of want what is to be left as it is.
	Compare(d *drift.Drift, want, have *R) error
	// Report writes into status what the row has.
	Report(obj T, have *R)
}

// Plain is a kind whose row follows from the spec alone.
type Plain[T object.Child, R any] struct {
	*Child[T, R]

	Spec Spec[T, R]
}

// Sync implements Kind.
func (p *Plain[T, R]) Sync(ctx context.Context, obj T) (events.Event, error) {
	want, err := p.Spec.Desired(obj)
	if err != nil {
		return events.Event{}, err
	}
	account, err := p.Reader.Account(ctx, obj)
	if err != nil {
		return events.Event{}, err
	}
	record, err := PlainRecord(obj, account, want)
	if err != nil {
		return events.Event{}, err
	}
	if err := InSync(p.Tracker, obj, record, true); err != nil {
		return events.Event{}, err
	}
	return p.Write(ctx, obj, Wanted[R]{
		Account: account, Record: record, Row: &want,
		Compare: func(d *drift.Drift, have *R) error { return p.Spec.Compare(d, &want, have) },
		Report:  func(have *R) { p.Spec.Report(obj, have) },
	})
}

// PlainRecord is of all that the row is made from: what the spec asks for, and the account.
func PlainRecord[R any](obj object.Object, account store.Claim, want R) (string, error) {
	return drift.Fingerprint(want, drift.PolicyPart(obj), account.UID)
}
