// Package timing has what the controllers wait by.
package timing

import (
	"context"
	"math/rand/v2"
	"time"
)

// Jittered spreads d over 75 % to 125 %, so that what was blocked together does not come back together.
func Jittered(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.75 + rand.Float64()/2)) //nolint:gosec // spreading load needs no cryptography
}

// Pause waits for d, or until ctx ends.
func Pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
