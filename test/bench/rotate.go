package main

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/test/bench/report"
)

// Between two rotations the subject comes to rest.
const rotationPause = 50 * time.Millisecond

// rotations are never more than a tenth of the objects.
func (s *site) rotations() int { return min(s.bench.rotations, max(1, s.of.Objects/10)) }

// rotate updates Secrets one after the other and measures how long it takes from
// the API server's answer until another program sees the value in the store.
func (s *site) rotate(ctx context.Context, got report.Sample) error {
	l, err := s.ledger()
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	next := time.NewTicker(rotationPause)
	defer next.Stop()
	var took []float64
	for i := range s.rotations() {
		<-next.C
		ms, err := s.rotateOne(ctx, l, i*7919%s.of.Objects, i+1)
		if err != nil {
			return err
		}
		took = append(took, ms)
	}
	got.Add("rotation/p50", report.Percentile(took, 50))
	got.Add("rotation/p99", report.Percentile(took, 99))
	say("  rotation: p50 %.1f ms, p99 %.1f ms", report.Percentile(took, 50), report.Percentile(took, 99))
	return nil
}

func (s *site) rotateOne(ctx context.Context, l *ledger, n, round int) (milliseconds float64, err error) {
	o, err := l.lookout(ctx, own, []int{n}, 500*time.Microsecond)
	if err != nil {
		return 0, err
	}
	if err := s.api.Update(ctx, secret(named(n), round)); err != nil {
		return 0, err
	}
	accepted := time.Now()
	if _, err := o.await(ctx); err != nil {
		return 0, err
	}
	return since(accepted, time.Now()), nil
}

// since is in milliseconds. What is stored can be seen before the API server's answer is.
func since(accepted, seen time.Time) float64 {
	return max(0, float64(seen.Sub(accepted).Microseconds())/1000)
}
