// Package drift finds out what another client changed in the store, and decides whether it is put back or only reported.
package drift

import (
	"context"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/store"
)

// Drift is what of an object's leaves another client changed, and what becomes of that.
type Drift struct {
	// report leaves it as it is and reports it; else it is put back.
	report bool
	// Unchanged says that the object wants of this leaf what it applied last, so that a difference is not its own doing.
	Unchanged func(leaf, mark string) bool
	// Marks are what the leaves are remembered by, kept only to report.
	Marks map[string]string
	Names []string
	// Gone says that the whole row went, broken that what it holds is of no use any more and is put again in any case.
	Gone, Broken bool
	// Lost says of an account that the row is gone that this object had applied.
	Lost bool
}

// Of judges the leaves of an object: everything is unchanged where exactly this was applied before, else what was
// remembered decides, and where nothing was remembered all of it is new.
func Of(obj object.Object, h History) *Drift {
	d := &Drift{report: obj.Common().ReportsDrift()}
	d.Unchanged = func(leaf, mark string) bool {
		was, known := h.remembered[leaf]
		return h.Applied || known && was == mark
	}
	if d.report {
		d.Marks = map[string]string{}
	}
	return d
}

// History is what is known of what an object applied.
type History struct {
	Applied    bool              // exactly the present record, at some time before
	remembered map[string]string // by leaf; nil where that is not needed, or nothing was kept
}

// Past reads what is remembered only where it decides something.
func Past(ctx context.Context, tracker *syncstate.Tracker, fenced store.FencedStore, obj object.Object, claim store.Claim, record string) (h History, err error) {
	h.Applied = tracker.WasApplied(obj.GetUID(), record)
	if !h.Applied && obj.Common().ReportsDrift() {
		h.remembered, err = fenced.AppliedLeaves(ctx, claim)
	}
	return h, err
}

// PastOf is the history of what an object applied in one account of many.
func PastOf(pair store.Pair, record string) History {
	return History{Applied: record != "" && strings.TrimSuffix(pair.Record, syncstate.DriftLeft) == record, remembered: pair.Leaves}
}

// Drifts reports whether there is anything that the object's rows can differ from by another client's write.
func (h History) Drifts(obj object.Object) bool { return h.Applied || obj.Common().ReportsDrift() }

// Spares notes a leaf, and reports whether it is to be left as another client made it. differs says that it is not as wanted.
func (d *Drift) Spares(leaf, mark string, differs bool) bool {
	if d.report {
		d.Marks[leaf] = mark
	}
	if !differs || !d.Unchanged(leaf, mark) {
		return false
	}
	d.Names = append(d.Names, leaf)
	return d.report
}

// MustPut reports whether the row is to be written: there is none, something else was applied last, or there is something to
// put back. Where the record holds and the row is as wanted, a user only asked to compare.
func (d *Drift) MustPut(there, recorded bool) bool {
	if d.Gone && d.report {
		return false
	}
	return !there || !recorded || d.Broken || !d.report && len(d.Names) > 0
}

// Leaves reports whether a leaf that another object has now is left: another client took it from this one, which reports drift and
// asks for nothing new. Whether it sees that before the other has taken it makes no difference then.
func (d *Drift) Leaves(leaf, mark string) bool { return d.report && d.Unchanged(leaf, mark) }

// Mends reports whether a variable whose value does not open is put again although drift is reported: it is of no use.
func (d *Drift) Mends(owner store.Claim, h store.EnvVar) bool {
	return d.report && h.Unreadable && h.Owner == owner
}

// RecordOf is the record to keep. One that ends so is never trusted: where a manager ended before status showed the drift, the
// next one compares again.
func (d *Drift) RecordOf(record string) string {
	if record != "" && d.report && len(d.Names) > 0 {
		return record + syncstate.DriftLeft
	}
	return record
}

// maxDrifted bounds what status names.
const maxDrifted = 100

// Report writes into status what is left as another client made it.
func (d *Drift) Report(obj object.Object) {
	obj.CommonStatus().Drifted = nil
	if d.report {
		names := slices.Sorted(slices.Values(d.Names))
		obj.CommonStatus().Drifted = names[:min(len(names), maxDrifted)]
	}
}

// Event reports drift once: when it was put back, or when other names than before are left.
func (d *Drift) Event(before []string, obj object.Object) events.Event {
	switch {
	case len(d.Names) == 0:
		return events.Event{}
	case !d.report:
		return corrected(d.Names)
	case slices.Equal(before, obj.CommonStatus().Drifted):
		return events.Event{}
	default:
		return events.Warning("Drifted", status.DriftVerdict(obj.CommonStatus().Drifted).Message)
	}
}

func corrected(names []string) events.Event {
	return events.Normal("DriftCorrected", "changed or removed by somebody else and put back: "+legible.List(names))
}

// PolicyPart is what driftPolicy adds to a fingerprint: nothing for Correct, so that only those who change it apply again.
func PolicyPart(obj object.Object) v1alpha1.DriftPolicy {
	if obj.Common().ReportsDrift() {
		return v1alpha1.DriftReport
	}
	return ""
}
