package envvarset

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// putAll gives the accounts the variables, some in a transaction. What comes after progressEvery is left to the next pass, but where all
// are to be compared: that one would begin with the first again.
func (p *many) putAll(ctx context.Context, accounts []*v1alpha1.Account) error {
	suspect := p.Tracker.IsSuspect(p.set.UID)
	left := len(accounts)
	for batch := range slices.Chunk(accounts, store.MaxPairs) {
		if !suspect && left < len(accounts) && time.Now().After(p.deadline) {
			p.result.left = left
			return nil
		}
		if err := p.putBatch(ctx, batch); err != nil {
			return err
		}
		left -= len(batch)
	}
	return nil
}

// putBatch writes some accounts at once. Where that fails, each is written alone, so that one which is in the way does not hold up the
// others. What fails for two in a row, although it may be tried again, is the store's failure and not theirs.
func (p *many) putBatch(ctx context.Context, accounts []*v1alpha1.Account) error {
	err := p.putTogether(ctx, accounts)
	if err == nil || ends(ctx, err) {
		return err
	}
	failed := len(accounts) == 1
	for _, a := range accounts {
		err := p.putTogether(ctx, []*v1alpha1.Account{a})
		if err == nil {
			failed = false
			continue
		}
		again := outcome.Judge(err).Retry != nil
		if ends(ctx, err) || again && failed {
			return err
		}
		failed = again
		p.result.blocks(a, err)
	}
	return nil
}

// ends reports whether an error is of the pass, and not of an account.
func ends(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, store.ErrFenced) || errors.Is(err, store.ErrPutBack)
}

// putTogether plans and applies in one transaction. Before the first variable is removed, the API server is asked whether the spec is
// still the one that was planned for.
func (p *many) putTogether(ctx context.Context, accounts []*v1alpha1.Account) error {
	plans, missing, err := p.apply(ctx, accounts)
	unsure := !p.sure && slices.ContainsFunc(plans, func(o planned) bool { return o.plan.removes() })
	if err == nil && unsure {
		if err := p.Reader.Unchanged(ctx, p.set); err != nil {
			return err
		}
		p.sure = true
		var again []planned
		again, missing, err = p.apply(ctx, accounts)
		plans = merged(plans, again)
	}
	for _, o := range plans {
		if o.plan.resizes || p.leavesOther(o) { // an error may be that only the answer was lost
			p.Counts.Refresh(o.account)
		}
	}
	if err != nil {
		return err
	}
	p.result.note(accounts, plans, missing)
	return nil
}

// leavesOther reports whether something else than status shows is left in an account as another client made it, who may have removed
// variables, or put them back.
func (p *many) leavesOther(o planned) bool {
	if !p.set.Spec.ReportsDrift() {
		return false
	}
	var shown []string
	for _, leaf := range p.set.Status.Drifted {
		if name, ours := strings.CutPrefix(leaf, o.account.Name+"/"); ours {
			shown = append(shown, name)
		}
	}
	return !slices.Equal(shown, slices.Sorted(slices.Values(o.plan.drift.Names)))
}

// planned is a plan for one account.
type planned struct {
	account store.Claim
	plan    plan
}

// merged are the plans of a second look, which was taken since the first removes something. What the first one wrote already, the second
// finds as it should be.
func merged(first, second []planned) []planned {
	for i, o := range second {
		if at := slices.IndexFunc(first, func(f planned) bool { return f.account == o.account }); at >= 0 && !o.plan.writes() {
			second[i] = first[at]
		}
	}
	return second
}

func (p *many) apply(ctx context.Context, accounts []*v1alpha1.Account) (plans []planned, missing []store.Claim, err error) {
	claims := make([]store.Claim, len(accounts))
	for i, a := range accounts {
		claims[i] = p.claim(a)
	}
	byAccount := map[store.Claim]int{} // a transaction may be tried again
	missing, err = p.Session.Fenced().SyncPairs(ctx, p.owner, claims, p.desired.names(), func(pair store.Pair, have []store.EnvVar) store.EnvVarPlan {
		now := p.planOf(pair, have)
		if at, again := byAccount[pair.Account]; again {
			plans[at].plan = now
		} else {
			byAccount[pair.Account] = len(plans)
			plans = append(plans, planned{pair.Account, now})
		}
		if now.removes() && !p.sure {
			return store.EnvVarPlan{}
		}
		mark := p.mark(pair, now)
		p.wrote = p.wrote || mark != nil
		return store.EnvVarPlan{Changes: now.changes, Mark: mark}
	})
	return plans, missing, err
}

func (p *many) planOf(pair store.Pair, have []store.EnvVar) plan {
	desired := p.desired
	past := drift.PastOf(pair, p.record)
	desired.drift = func() *drift.Drift { return drift.Of(p.set, past) }
	return planFor(p.set.Spec.UpdatePolicy)(desired, have)
}

// mark is nil when the pair has this very record already, so that a look that changes nothing writes nothing.
func (p *many) mark(pair store.Pair, now plan) *store.Mark {
	if !now.writes() && pair.Record == now.record && !pair.Stale {
		return nil
	}
	return &store.Mark{Generation: p.set.Generation, Record: now.record, Leaves: now.drift.Marks}
}

// claim is what the store knows an Account of the set's namespace by.
func (p *many) claim(a *v1alpha1.Account) store.Claim {
	c := p.owner
	c.Kind, c.Name, c.UID = store.KindAccount, a.Name, string(a.UID)
	return c
}
