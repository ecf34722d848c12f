package envvarset

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// maxNotReady bounds how many Accounts status names.
const maxNotReady = 20

// result is what a pass did to all accounts of a set.
type result struct {
	blocked     []v1alpha1.BlockedAccount
	stalled     bool  // a person has to act for one that is blocked
	retry       error // one of them is to be tried again
	leaving     int   // Accounts that are on their way out and have no row any more
	left        int   // accounts that the next pass looks at
	unconfirmed int   // accounts that lose the set once that is confirmed
	observed    bool  // an account that is to lose the set is only observed
	wrote       bool
	drifted     []string
	written     map[string]bool
	adopted     map[string]bool
}

// blocks notes an Account that has not all of the set.
func (r *result) blocks(a *v1alpha1.Account, err error) {
	v := outcome.Judge(err)
	r.blocked = append(r.blocked, v1alpha1.BlockedAccount{Name: a.Name, Reason: string(v.Reason), Message: v.Message})
	r.stalled = r.stalled || v.Stalled
	r.retry = cmp.Or(r.retry, v.Retry)
}

// note adds what became of some accounts.
func (r *result) note(accounts []*v1alpha1.Account, plans []planned, missing []store.Claim) {
	of := map[string]*v1alpha1.Account{}
	for _, a := range accounts {
		of[string(a.UID)] = a
	}
	for _, c := range missing {
		if a := of[c.UID]; a.DeletionTimestamp.IsZero() {
			r.blocks(a, clusterview.AccountNotReady(a.Name))
		} else {
			r.leaving++
		}
	}
	for _, o := range plans {
		r.noteOne(of[o.account.UID], o.plan)
	}
}

func (r *result) noteOne(a *v1alpha1.Account, p plan) {
	if err := p.conflict(""); err != nil {
		r.blocks(a, err)
	}
	r.wrote = r.wrote || p.writes()
	for _, name := range p.drift.Names {
		r.drifted = append(r.drifted, a.Name+"/"+name)
	}
	if r.written == nil {
		r.written, r.adopted = map[string]bool{}, map[string]bool{}
	}
	for _, name := range p.written() {
		r.written[name] = true
	}
	for _, name := range p.adopted {
		r.adopted[name] = true
	}
}

// outcome is nil when all that matched have the set.
func (r *result) outcome(matched int) error {
	ready := r.ready(matched)
	switch {
	case r.unconfirmed > 0:
		return outcome.PartBy(false, r.retry, v1alpha1.ReasonRemovalNotConfirmed,
			"accountSelector does not match %d Accounts any more that have this set; have it match them again, or take their variables from them by the annotation %s: \"%d\"",
			r.unconfirmed, v1alpha1.ConfirmRemovalAnnotation, r.unconfirmed)
	case r.left > 0:
		return outcome.GoesOn(v1alpha1.ReasonApplying, "the set is being given to its Accounts; status.accounts says how many have it")
	case len(r.blocked) > 0:
		more := ""
		if n := len(r.blocked) - 1; n > 0 {
			more = fmt.Sprintf(" (and %d more, see status.accounts.notReady)", n)
		}
		first := slices.MinFunc(r.blocked, byName)
		return outcome.PartBy(!r.stalled, r.retry, v1alpha1.ReasonAccountsNotReady,
			"%d of %d Accounts have all of this set; %s: %s%s", ready, matched-r.leaving, first.Name, first.Message, more)
	}
	return nil
}

// rests reports whether the next pass has nothing to do before an Account that is in the way is so no more.
func (r *result) rests() bool { return r.unconfirmed == 0 && r.left == 0 && r.retry == nil }

func (r *result) ready(matched int) int { return matched - r.leaving - r.left - len(r.blocked) }

func byName(a, b v1alpha1.BlockedAccount) int { return cmp.Compare(a.Name, b.Name) }

// accounts is what status says of them.
func (r *result) accounts(matched int) v1alpha1.MatchedAccounts {
	first := slices.SortedFunc(slices.Values(r.blocked), byName)
	ready, of := r.ready(matched), matched-r.leaving
	return v1alpha1.MatchedAccounts{
		Matched: int32(of), Ready: int32(ready), Blocked: int32(len(r.blocked)), //nolint:gosec // fewer than a cluster has objects
		Progress: fmt.Sprintf("%d/%d", ready, of), NotReady: first[:min(len(first), maxNotReady)],
	}
}

// report writes into status what the pass found and did.
func (p *many) report() events.Event {
	s, r := p.set, &p.result
	versions := s.Status.Sources
	s.Status.Accounts = r.accounts(len(p.matched))
	s.Status.Sources = source.Versions(p.refs, p.versions)
	if p.desired.record != "" { // the sources were read
		names := make([]string, len(p.desired.want))
		for i, w := range p.desired.want {
			names[i] = w.Name
		}
		count := int32(len(names)) //nolint:gosec // at most source.MaxNames
		s.Status.VarCount, s.Status.Names = &count, names
	}
	if r.wrote || s.Status.LastSyncTime == nil {
		now := metav1.Now()
		s.Status.LastSyncTime = &now
	}
	before, d := s.Status.Drifted, p.drift()
	d.Report(s)
	p.DriftFound(store.KindEnvVarSet, len(r.drifted))
	return d.Event(before, s).Or(adoption(slices.Sorted(maps.Keys(r.adopted)))).Or(p.rotation(versions))
}

// drift is that of all accounts together, by the names of an account and a variable.
func (p *many) drift() *drift.Drift {
	d := drift.Of(p.set, drift.History{})
	d.Names = p.result.drifted
	return d
}

func (p *many) rotation(before []v1alpha1.SourceVersion) events.Event {
	names := slices.Sorted(maps.Keys(p.result.written))
	if len(names) == 0 {
		return events.Event{}
	}
	return events.Rotation(p.set, before, p.set.Status.Sources, legible.List(names))
}
