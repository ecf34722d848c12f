package controller

import (
	"context"
	"math/rand/v2"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/clamp"
	"github.com/account-operator/account-operator/internal/store"
)

// loadApplied takes the store's word for what is in sync, in place of all that was remembered.
func (l *leading) loadApplied(ctx context.Context) error {
	var all []store.Applied
	if err := l.eachApplied(ctx, func(a store.Applied) { all = append(all, a) }); err != nil {
		return err
	}
	l.state.Load(all)
	return nil
}

// compareApplied is the resync of everything in sync: one paged read instead of a pass for each object.
func (l *leading) compareApplied(ctx context.Context) error {
	return l.eachApplied(ctx, func(a store.Applied) {
		if l.state.Differs(a) {
			l.wake(a.Claim)
		}
	})
}

// compareAccounts has each Account told anew whose status shows something else than the store has. A manager may have ended
// between the two, and of some things only the feed tells, which nobody heard while no manager ran.
func (l *leading) compareAccounts(ctx context.Context, counts bool) error {
	for after := ""; ; {
		page, err := l.led.Accounts(ctx, after, appliedPage)
		if err != nil {
			return err
		}
		for _, got := range page {
			switch now, later := l.showsAnother(ctx, got, counts); {
			case now:
				l.lookAt(got.Claim)
			case later:
				l.recounts.AddAfter(got.Claim, rand.N(max(l.resync, 1))) //nolint:gosec // spreading load needs no cryptography
			}
		}
		if len(page) < appliedPage {
			return nil
		}
		after = page[len(page)-1].Claim.UID
	}
}

// showsAnother reports whether status would be another with what the store has; without counts, apart from how many of anything there are.
// Where it is only what runs in the account, the look may come later: in a busy cloud, or after an upgrade, that is so of many at once.
func (l *leading) showsAnother(ctx context.Context, got store.Account, counts bool) (now, later bool) {
	var shown v1alpha1.Account
	name := types.NamespacedName{Namespace: got.Claim.Namespace, Name: got.Claim.Name}
	if err := l.cached.Get(ctx, name, &shown, client.UnsafeDisableDeepCopy); err != nil || string(shown.UID) != got.Claim.UID {
		return false, false // it is not there, or not yet
	}
	if shown.Status.AccountID == "" || !shown.DeletionTimestamp.IsZero() {
		return false, false // its own passes have still to report
	}
	would := shown.DeepCopy()
	l.view.report(would, got)
	clamp.Status(statusIn(would))
	if !counts {
		would.Status.EnvVarCount, would.Status.CloudConnectionCount = shown.Status.EnvVarCount, shown.Status.CloudConnectionCount
		would.Status.Dependents = shown.Status.Dependents
	}
	other := !equality.Semantic.DeepEqual(would.Status, shown.Status)
	would.Status.Dependents = shown.Status.Dependents
	now = !equality.Semantic.DeepEqual(would.Status, shown.Status)
	return now, other && !now
}

const appliedPage = 1000

func (l *leading) eachApplied(ctx context.Context, do func(store.Applied)) error {
	for _, k := range claimingKinds {
		if err := eachApplied(ctx, l.led, k, func(a store.Applied) error { do(a); return nil }); err != nil {
			return err
		}
	}
	return nil
}

// eachApplied pages through the records of a kind. What do removes was on the page before.
func eachApplied(ctx context.Context, led store.Records, k store.Kind, do func(store.Applied) error) error {
	for after := ""; ; {
		page, err := led.Applied(ctx, k, after, appliedPage)
		if err != nil {
			return err
		}
		for _, a := range page {
			if err := do(a); err != nil {
				return err
			}
		}
		if len(page) < appliedPage {
			return nil
		}
		after = page[len(page)-1].Claim.UID
	}
}
