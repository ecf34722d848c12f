package envvarset

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// plan is what shall happen to the variables of an account for one set, and what to report of it.
type plan struct {
	changes   []store.EnvVarChange
	names     []string                  // what the set holds afterwards, sorted
	conflicts []v1alpha1.EnvVarConflict // what others hold, sorted
	previous  store.Claim               // holds variables of the account and may be the set's own previous incarnation; zero: none
	adopted   []string                  // names without a claim before
	resizes   bool                      // the account has more variables afterwards, or fewer
	drift     *drift.Drift
	record    string // empty while there is a conflict: then the set is not in sync
}

// inStatus is where the conflicts of a set with one account are shown.
const inStatus = ", see status.conflicts"

// desiredVars is what a plan is made for.
type desiredVars struct {
	owner  store.Claim
	want   []source.Variable
	record string // of want, if all of it can be had
	as     spelling
	drift  func() *drift.Drift // a new one for every plan
	marks  map[string]string   // what a name's value is remembered by, where drift is reported
}

// names are those of want.
func (w desiredVars) names() []string {
	all := make([]string, len(w.want))
	for i, v := range w.want {
		all[i] = v.Name
	}
	return all
}

// planFor chooses the planner of an updatePolicy.
func planFor(policy v1alpha1.UpdatePolicy) func(desiredVars, []store.EnvVar) plan {
	if policy == v1alpha1.UpdateIfNotExists {
		return planIfNotExists
	}
	return planEnvVars
}

// planIfNotExists writes what is missing and leaves it to the account holder at once. What the set held under another
// policy is released if it is still wanted, else deleted as by any policy. It is pure.
func planIfNotExists(desired desiredVars, have []store.EnvVar) plan {
	p := plan{record: desired.record, drift: &drift.Drift{}, previous: previousOf(desired.owner, have)}
	missing := make(map[string]source.Variable, len(desired.want))
	for _, w := range desired.want {
		missing[desired.as(w.Name)] = w
		p.names = append(p.names, w.Name)
	}
	for _, v := range have {
		_, wanted := missing[desired.as(v.Name)]
		delete(missing, desired.as(v.Name))
		switch {
		case v.Owner != desired.owner:
		case wanted:
			p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarRelease, Name: v.Name})
		default:
			p.deletes(v.Name)
		}
	}
	p.resizes = p.resizes || len(missing) > 0
	for _, key := range slices.Sorted(maps.Keys(missing)) {
		w := missing[key]
		p.changes = append(p.changes,
			store.EnvVarChange{Op: store.EnvVarSet, Name: w.Name, Value: w.Value},
			store.EnvVarChange{Op: store.EnvVarRelease, Name: w.Name})
	}
	return p
}

// planEnvVars compares what a set wants with all the variables of its account. A name belongs to the claim that had it
// first; a name without a claim is adopted; variables that were never declared are never touched. It is pure.
func planEnvVars(desired desiredVars, have []store.EnvVar) plan {
	held := make(map[string]store.EnvVar, len(have))
	for _, v := range have {
		held[desired.as(v.Name)] = v
	}
	p := plan{drift: desired.drift(), previous: previousOf(desired.owner, have)}
	wanted := make(map[string]bool, len(desired.want))
	for _, w := range desired.want {
		wanted[desired.as(w.Name)] = true
		h, exists := held[desired.as(w.Name)]
		p.add(desired, w, h, exists)
	}
	for _, v := range have {
		if v.Owner == desired.owner && !wanted[desired.as(v.Name)] {
			p.deletes(v.Name)
		}
	}
	if len(p.conflicts) == 0 {
		p.record = p.drift.RecordOf(desired.record)
	}
	return p
}

func (p *plan) add(desired desiredVars, w source.Variable, h store.EnvVar, exists bool) {
	mark := desired.marks[w.Name]
	if desired.isAnothers(h) && !p.drift.Leaves(w.Name, mark) {
		p.awaits(w.Name, h)
		return
	}
	differs := !hasIt(desired.owner, h, w.Value)
	if p.drift.Spares(w.Name, mark, differs && !p.drift.Mends(desired.owner, h)) {
		return
	}
	p.names = append(p.names, w.Name)
	if !differs {
		return
	}
	p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarSet, Name: cmp.Or(h.Name, w.Name), Value: w.Value})
	p.resizes = p.resizes || !exists
	if exists && h.Owner.IsZero() {
		p.adopted = append(p.adopted, w.Name)
	}
}

// isAnothers reports whether another set holds the variable.
func (w desiredVars) isAnothers(h store.EnvVar) bool { return !h.Owner.IsZero() && h.Owner != w.owner }

func (p *plan) awaits(name string, h store.EnvVar) {
	p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarAwait, Name: h.Name})
	p.conflicts = append(p.conflicts, v1alpha1.EnvVarConflict{Name: name, Holder: h.Owner.Name})
}

func (p *plan) deletes(name string) {
	p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarDelete, Name: name})
	p.resizes = true
}

// hasIt reports whether the variable is the owner's and has the value.
func hasIt(owner store.Claim, h store.EnvVar, value store.Secret) bool {
	return h.Owner == owner && !h.Unreadable && h.Value.Equal(value)
}

// adoption is the event of names that were in the account without a claim.
func adoption(adopted []string) events.Event {
	if len(adopted) == 0 {
		return events.Event{}
	}
	return events.Normal("Adopted", "were in the account, claimed by nobody, and are this set's now: "+legible.List(adopted))
}

// writes reports whether a variable changes, and not only a record.
func (p *plan) writes() bool {
	for _, c := range p.changes {
		if c.Op != store.EnvVarAwait {
			return true
		}
	}
	return false
}

// written are the names of the variables whose value changes, or that are deleted.
func (p *plan) written() []string {
	var names []string
	for _, c := range p.changes {
		if c.Op == store.EnvVarSet || c.Op == store.EnvVarDelete {
			names = append(names, c.Name)
		}
	}
	return names
}

// removes reports whether a variable is deleted.
func (p *plan) removes() bool {
	return slices.ContainsFunc(p.changes, func(c store.EnvVarChange) bool { return c.Op == store.EnvVarDelete })
}

// previousOf finds a holder of any variable of the account that may be the owner's own previous incarnation; zero if there is none.
func previousOf(owner store.Claim, have []store.EnvVar) store.Claim {
	for _, v := range have {
		if owner.Namesake(v.Owner) {
			return v.Owner
		}
	}
	return store.Claim{}
}

// conflict is the outcome of a plan that could be applied only in part. seen is where all conflicts are shown, if anywhere.
func (p *plan) conflict(seen string) error {
	if len(p.conflicts) == 0 {
		return nil
	}
	first, more := p.conflicts[0], ""
	if n := len(p.conflicts) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more%s)", n, seen)
	}
	return outcome.StalledBy(v1alpha1.ReasonNameConflict,
		"%s is held by the EnvVarSet %q%s; rename it or remove it from one of the two; the rest of this set is applied",
		first.Name, first.Holder, more)
}
