package controller

import (
	"context"

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
