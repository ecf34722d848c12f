package controller

import (
	"context"
	"slices"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// drift tells what of an object's leaves somebody else changed, and what becomes of that.
type drift struct {
	// report leaves it as it is and tells; else it is put back.
	report bool
	// unchanged says that the object wants of this leaf what it applied last, so that a difference is not its own doing.
	unchanged func(leaf, mark string) bool
	// marks are what the leaves are remembered by, kept only to report.
	marks map[string]string
	names []string
	// gone says that the whole row went, broken that what it holds serves nobody any more and is put anew in any case.
	gone, broken bool
	// lost says of an account that the row is gone that this object had applied.
	lost bool
}

// driftOf judges the leaves of an object: everything is unchanged where exactly this was applied before, else what was
// remembered decides, and where nothing was remembered all of it is new.
func driftOf(obj object, h history) *drift {
	d := &drift{report: obj.Common().ReportsDrift()}
	d.unchanged = func(leaf, mark string) bool {
		was, known := h.remembered[leaf]
		return h.applied || known && was == mark
	}
	if d.report {
		d.marks = map[string]string{}
	}
	return d
}

// history is what is known of what an object applied.
type history struct {
	applied    bool              // exactly the present record, at some time before
	remembered map[string]string // by leaf; nil where that is not needed, or nothing was kept
}

// history reads what is remembered only where it decides something.
func (l *leading) history(ctx context.Context, obj object, claim store.Claim, record string) (h history, err error) {
	h.applied = l.state.WasApplied(obj.GetUID(), record)
	if !h.applied && obj.Common().ReportsDrift() {
		h.remembered, err = l.led.AppliedLeaves(ctx, claim)
	}
	return h, err
}

// drifts tells whether there is anything that the object's rows can differ from by somebody else's hand.
func (h history) drifts(obj object) bool { return h.applied || obj.Common().ReportsDrift() }

// spares notes a leaf, and tells whether it is to be left as somebody else made it. differs says that it is not as wanted.
func (d *drift) spares(leaf, mark string, differs bool) bool {
	if d.report {
		d.marks[leaf] = mark
	}
	if !differs || !d.unchanged(leaf, mark) {
		return false
	}
	d.names = append(d.names, leaf)
	return d.report
}

// toPut tells whether the row is to be written: there is none, something else was applied last, or there is something to
// put back. Where the record holds and the row is as wanted, somebody only asked to look.
func (d *drift) toPut(there, recorded bool) bool {
	if d.gone && d.report {
		return false
	}
	return !there || !recorded || d.broken || !d.report && len(d.names) > 0
}

// leaves tells of a leaf that another object has now whether that is left: somebody took it from this one, which reports drift and
// asks for nothing new. Whether it sees that before the other has taken it makes no difference then.
func (d *drift) leaves(leaf, mark string) bool { return d.report && d.unchanged(leaf, mark) }

// mends tells of a variable whose value does not open whether that is put anew although drift is reported: it serves nobody.
func (d *drift) mends(owner store.Claim, h store.EnvVar) bool {
	return d.report && h.Unreadable && h.Owner == owner
}

// recordOf is the record to keep. One that ends so is never trusted: where a manager ended before status told of the drift, the
// next one looks again.
func (d *drift) recordOf(record string) string {
	if record != "" && d.report && len(d.names) > 0 {
		return record + syncstate.DriftLeft
	}
	return record
}

// maxDrifted bounds what status names.
const maxDrifted = 100

// tell writes into status what is left as somebody else made it.
func (d *drift) tell(obj object) {
	obj.CommonStatus().Drifted = nil
	if d.report && len(d.names) > 0 {
		names := slices.Sorted(slices.Values(d.names))
		obj.CommonStatus().Drifted = names[:min(len(names), maxDrifted)]
	}
}

// news tells of drift once: when it was put back, or when other names than before are left.
func (d *drift) news(before []string, obj object) news {
	switch {
	case len(d.names) == 0:
		return news{}
	case !d.report:
		return corrected(d.names)
	case slices.Equal(before, obj.CommonStatus().Drifted):
		return news{}
	default:
		return news{"Warning", "Drifted", driftVerdict(obj.CommonStatus().Drifted).message}
	}
}

func corrected(names []string) news {
	return news{"Normal", "DriftCorrected", "changed or removed by somebody else and put back: " + some(names)}
}

// policyPart is what driftPolicy adds to a fingerprint: nothing for Correct, so that only those who change it apply anew.
func policyPart(obj object) v1alpha1.DriftPolicy {
	if obj.Common().ReportsDrift() {
		return v1alpha1.DriftReport
	}
	return ""
}
