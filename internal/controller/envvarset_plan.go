package controller

import (
	"fmt"

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
	record    string                    // empty while there is a conflict: then the set is not in sync
}

// planEnvVars compares what a set wants with all the variables of its account. A name belongs to the claim that had it
// first; a name that nobody claims is adopted; variables that nobody declared are never touched. It is pure.
func planEnvVars(owner store.Claim, want []source.Variable, have []store.EnvVar, record string) envVarPlan {
	held := make(map[string]store.EnvVar, len(have))
	for _, v := range have {
		held[v.Name] = v
	}
	var p envVarPlan
	wanted := make(map[string]bool, len(want))
	for _, w := range want {
		wanted[w.Name] = true
		p.add(owner, w, held)
	}
	for _, v := range have {
		if v.Owner == owner && !wanted[v.Name] {
			p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarDelete, Name: v.Name})
		}
	}
	if len(p.conflicts) == 0 {
		p.record = record
	}
	return p
}

func (p *envVarPlan) add(owner store.Claim, w source.Variable, held map[string]store.EnvVar) {
	h, exists := held[w.Name]
	if exists && !h.Owner.IsZero() && h.Owner != owner {
		p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarAwait, Name: w.Name})
		p.conflicts = append(p.conflicts, v1alpha1.EnvVarConflict{Name: w.Name, Holder: h.Owner.Name})
		p.holders = append(p.holders, h.Owner)
		return
	}
	p.names = append(p.names, w.Name)
	if !exists || h.Owner != owner || h.Unreadable || !h.Value.Equal(w.Value) {
		p.changes = append(p.changes, store.EnvVarChange{Op: store.EnvVarSet, Name: w.Name, Value: w.Value})
	}
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
