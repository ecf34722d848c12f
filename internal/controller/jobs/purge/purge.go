// Package purge strips accounts whose recovery window is over.
package purge

import (
	"context"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/store"
)

// Hourly strips accounts hourly whose recovery window is over, until ctx ends.
func Hourly(ctx context.Context, fenced store.FencedStore, recovery time.Duration) {
	for ctx.Err() == nil {
		if n, err := fenced.Purge(ctx, time.Now().Add(-recovery)); err != nil && ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "purge deleted accounts")
		} else if n > 0 {
			ctrl.LoggerFrom(ctx).Info("purged accounts whose recovery window is over", "accounts", n)
		}
		timing.Pause(ctx, timing.Jittered(time.Hour))
	}
}
