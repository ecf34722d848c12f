package controller

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// envVarPlan is what shall happen to the variables of an account for one set, and what to report of it.
type envVarPlan struct {
	changes   []store.EnvVarChange
	names     []string                  // what the set holds afterwards, sorted
	conflicts []v1alpha1.EnvVarConflict // what others hold, sorted
	holders   []store.Claim             // beside conflicts
	adopted   []string                  // names that nobody claimed before
	mended    []string                  // names of the owner's that had not the value wanted, or were gone
	record    string                    // empty while there is a conflict: then the set is not in sync
}

// planFor chooses the planner of an updatePolicy.
func planFor(policy v1alpha1.UpdatePolicy) func(store.Claim, []source.Variable, []store.EnvVar, string, spelling) envVarPlan {
	if policy == v1alpha1.UpdateIfNotExists {
		return planIfNotExists
	}
	return planEnvVars
}

// planIfNotExists writes what is missing and leaves it to the account holder at once. What the set held under another
// policy is released if it is still wanted, else deleted as by any policy. It is pure.
func planIfNotExists(owner store.Claim, want []source.Variable, have []store.EnvVar, record string, as spelling) envVarPlan {
	p := envVarPlan{record: record}
	missing := make(map[string]source.Variable, len(want))
	for _, w := range want {
		missing[as(w.Name)] = w
		p.names = append(p.names, w.Name)
	}
	for _, v := range have {
		_, wanted := missing[as(v.Name)]
		delete(missing, as(v.Name))
		switch {
		case v.Owner != owner:
		case wanted:
			p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarRelease, Name: v.Name})
		default:
			p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarDelete, Name: v.Name})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(missing)) {
		w := missing[key]
		p.changes = append(p.changes,
			store.EnvVarChange{Op: store.EnvVarSet, Name: w.Name, Value: w.Value},
			store.EnvVarChange{Op: store.EnvVarRelease, Name: w.Name})
	}
	return p
}

// planEnvVars compares what a set wants with all the variables of its account. A name belongs to the claim that had it
// first; a name that nobody claims is adopted; variables that nobody declared are never touched. It is pure.
func planEnvVars(owner store.Claim, want []source.Variable, have []store.EnvVar, record string, as spelling) envVarPlan {
	held := make(map[string]store.EnvVar, len(have))
	for _, v := range have {
		held[as(v.Name)] = v
	}
	var p envVarPlan
	wanted := make(map[string]bool, len(want))
	for _, w := range want {
		wanted[as(w.Name)] = true
		h, exists := held[as(w.Name)]
		p.add(owner, w, h, exists)
	}
	for _, v := range have {
		if v.Owner == owner && !wanted[as(v.Name)] {
			p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarDelete, Name: v.Name})
		}
	}
	if len(p.conflicts) == 0 {
		p.record = record
	}
	return p
}

func (p *envVarPlan) add(owner store.Claim, w source.Variable, h store.EnvVar, exists bool) {
	if exists && !h.Owner.IsZero() && h.Owner != owner {
		p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarAwait, Name: h.Name})
		p.conflicts = append(p.conflicts, v1alpha1.EnvVarConflict{Name: w.Name, Holder: h.Owner.Name})
		p.holders = append(p.holders, h.Owner)
		return
	}
	p.names = append(p.names, w.Name)
	if exists && h.Owner == owner && !h.Unreadable && h.Value.Equal(w.Value) {
		return
	}
	p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarSet, Name: cmp.Or(h.Name, w.Name), Value: w.Value})
	if exists && h.Owner.IsZero() {
		p.adopted = append(p.adopted, w.Name)
	} else {
		p.mended = append(p.mended, w.Name)
	}
}

// news tells what was adopted, and what was put back when the difference is by somebody else's hand.
func (p *envVarPlan) news(drifting bool) news {
	switch {
	case drifting && len(p.mended)+len(p.adopted) > 0:
		return news{corev1.EventTypeNormal, "DriftCorrected",
			"changed or removed by somebody else and put back: " + some(append(p.mended, p.adopted...))}
	case len(p.adopted) > 0:
		return news{corev1.EventTypeNormal, "Adopted", "were in the account, claimed by nobody, and are this set's now: " + some(p.adopted)}
	default:
		return news{}
	}
}

// some lists names, but not so many that a message grows without bound.
func some(names []string) string {
	const enough = 10
	if len(names) <= enough {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:enough], ", "), len(names)-enough)
}

// writes tells whether a variable changes, and not only a record.
func (p *envVarPlan) writes() bool {
	for _, c := range p.changes {
		if c.Op != store.EnvVarAwait {
			return true
		}
	}
	return false
}

// removes tells whether a variable is deleted.
func (p *envVarPlan) removes() bool {
	return slices.ContainsFunc(p.changes, func(c store.EnvVarChange) bool { return c.Op == store.EnvVarDelete })
}

// formerOf finds a holder that may be the owner's own former life; zero if there is none.
func (p *envVarPlan) formerOf(owner store.Claim) store.Claim {
	for _, h := range p.holders {
		if owner.Namesake(h) {
			return h
		}
	}
	return store.Claim{}
}

// conflict is the outcome of a plan that could be applied only in part.
func (p *envVarPlan) conflict() error {
	if len(p.conflicts) == 0 {
		return nil
	}
	first, more := p.conflicts[0], ""
	if n := len(p.conflicts) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more, see status.conflicts)", n)
	}
	return stalledBy(v1alpha1.ReasonNameConflict,
		"%s is held by the EnvVarSet %q%s; rename it or remove it from one of the two; the rest of this set is applied",
		first.Name, first.Holder, more)
}
