package lifecycle

import (
	"context"
	"errors"

	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// Resource is how every kind writes that has one row an object: begin, compare, decide, write, commit or mark unknown, report.
type Resource[R any] struct {
	Kind    store.Kind
	Session *leader.Session
	Tracker *syncstate.Tracker
	// DriftFound counts leaves that another client had changed.
	DriftFound func(kind store.Kind, leaves int)
}

// Row is what a kind wants of its row in one reconcile.
type Row[R any] struct {
	Claim  store.Claim
	Record string // of what is wanted
	// Read gives the row, or store.ErrNotFound.
	Read func(context.Context, store.Claim) (R, error)
	// Compare notes each leaf in the drift, and takes out of what is wanted what is to be left as it is in the row. Where there is no row,
	// it is empty.
	Compare func(d *drift.Drift, have *R) error
	// Missing says what it means that an object has no row which had applied exactly this.
	Missing func(d *drift.Drift)
	// Put creates or replaces the row. The Event is what a person should see beside what the conditions say.
	Put func(context.Context, store.Mark) (R, events.Event, error)
	// Tried is called after a Put, also one that failed: then perhaps only its answer was lost. there says that there was a row before.
	Tried func(d *drift.Drift, there bool, err error)
	// Report writes into status what the row has; nil: the row was not read.
	Report func(have *R)
}

// Write makes the row what the object wants, but for what another client changed and is only to be reported.
func (r *Resource[R]) Write(ctx context.Context, obj object.Object, row Row[R]) (events.Event, error) {
	began := r.Tracker.Begin(obj.GetUID())
	have, d, err := r.compare(ctx, obj, row)
	if err != nil {
		return events.Event{}, err
	}
	event, record := events.Event{}, d.RecordOf(row.Record)
	if d.MustPut(have != nil, r.Tracker.IsApplied(obj.GetUID(), record)) {
		got, done, err := row.Put(ctx, store.Mark{Generation: obj.GetGeneration(), Record: record, Leaves: d.Marks})
		row.Tried(d, have != nil, err)
		if err != nil {
			r.Tracker.MarkUnknown(obj.GetUID(), record)
			return events.Event{}, err
		}
		have, event = &got, done
	}
	r.Tracker.Commit(obj.GetUID(), record, began)
	row.Report(have)
	before := obj.CommonStatus().Drifted
	d.Report(obj)
	r.DriftFound(r.Kind, len(d.Names))
	return event.Or(d.Event(before, obj)), nil
}

// compare reads the row where it can have drifted: where exactly this was applied before, or where drift is reported and what was
// applied is remembered. have is nil where there is no row or no need to read it.
func (r *Resource[R]) compare(ctx context.Context, obj object.Object, row Row[R]) (have *R, d *drift.Drift, err error) {
	past, err := drift.Past(ctx, r.Tracker, r.Session.Fenced(), obj, row.Claim, row.Record)
	if err != nil {
		return nil, nil, err
	}
	d = drift.Of(obj, past)
	if !past.Drifts(obj) {
		return nil, d, nil
	}
	got, err := row.Read(ctx, row.Claim)
	if errors.Is(err, store.ErrNotFound) {
		if past.Applied {
			row.Missing(d)
		}
		d.Unchanged = func(string, string) bool { return false } // it is created: nothing of it can have drifted
		return nil, d, row.Compare(d, new(R))
	}
	if err != nil {
		return nil, nil, err
	}
	return &got, d, row.Compare(d, &got)
}
