package controller

import (
	"context"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

func (l *leading) loadApplied(ctx context.Context) error {
	return l.eachApplied(ctx, func(a store.Applied) {
		l.settled.load(a)
	})
}

// compareApplied is the resync of everything in sync: one paged read instead of a pass for each object.
func (l *leading) compareApplied(ctx context.Context) error {
	return l.eachApplied(ctx, func(a store.Applied) {
		if l.settled.differs(a) {
			l.wake(a.Claim)
		}
	})
}

// compareHoldings has each Account told anew whose status counts something else than the store: who changed it may have
// forgotten, as a manager does that ends before it was time to tell.
func (l *leading) compareHoldings(ctx context.Context) error {
	for after := ""; ; {
		page, err := l.led.Holdings(ctx, after, appliedPage)
		if err != nil {
			return err
		}
		for _, h := range page {
			if l.miscounts(ctx, h) {
				l.lookAt(h.Claim, 0)
			}
		}
		if len(page) < appliedPage {
			return nil
		}
		after = page[len(page)-1].Claim.UID
	}
}

func (l *leading) miscounts(ctx context.Context, h store.Holding) bool {
	var a v1alpha1.Account
	name := types.NamespacedName{Namespace: h.Claim.Namespace, Name: h.Claim.Name}
	if err := l.cached.Get(ctx, name, &a, client.UnsafeDisableDeepCopy); err != nil || string(a.UID) != h.Claim.UID {
		return false // it is not there, or not yet
	}
	tells := func(n *int32, of int) bool { return n != nil && int(*n) == of }
	return !tells(a.Status.EnvVarCount, h.EnvVars) || !tells(a.Status.CloudConnectionCount, h.Connections)
}

const appliedPage = 1000

func (l *leading) eachApplied(ctx context.Context, do func(store.Applied)) error {
	for _, k := range []store.Kind{store.KindAccount, store.KindEnvVarSet, store.KindCloudConnection} {
		for after := ""; ; {
			page, err := l.led.Applied(ctx, k, after, appliedPage)
			if err != nil {
				return err
			}
			for _, a := range page {
				do(a)
			}
			if len(page) < appliedPage {
				break
			}
			after = page[len(page)-1].Claim.UID
		}
	}
	return nil
}
