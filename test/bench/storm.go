package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/bench/report"
)

// storm applies all sets, which are gone, again: first a tenth of them; then the others, while the Secrets of the first are
// updated. It measures how long these take until another program sees them in the store.
func (s *site) storm(ctx context.Context, got report.Sample) error {
	first := s.rotations()
	if err := s.create(ctx, 0, first, func(n int) client.Object { return own.set(n) }); err != nil {
		return err
	}
	if err := s.sees(ctx, s.sets, first); err != nil {
		return err
	}
	l, err := s.ledger()
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	o, err := l.lookout(ctx, own, numbers(first), 5*time.Millisecond)
	if err != nil {
		return err
	}
	var accepted, seen map[string]time.Time
	all, amid := errgroup.WithContext(ctx)
	all.Go(func() error { return s.applyRest(amid, first) })
	all.Go(func() (err error) { seen, err = o.await(amid); return err })
	all.Go(func() (err error) { accepted, err = s.updateAmid(amid, first); return err })
	if err := all.Wait(); err != nil {
		return err
	}
	var took []float64
	for name, at := range seen {
		took = append(took, since(accepted[name], at))
	}
	got.Add("storm/p50", report.Percentile(took, 50))
	got.Add("storm/p99", report.Percentile(took, 99))
	say("  rotation during an apply: p50 %.0f ms, p99 %.0f ms", report.Percentile(took, 50), report.Percentile(took, 99))
	return s.allCounted(ctx, report.Variables)
}

func numbers(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

func (s *site) applyRest(ctx context.Context, from int) error {
	if err := s.create(ctx, from, s.of.Objects, func(n int) client.Object { return own.set(n) }); err != nil {
		return err
	}
	return s.sees(ctx, s.sets, s.of.Objects)
}

// updateAmid updates so many Secrets, spread over the first half of the apply, and returns when each update was accepted. It
// is an error if everything was applied before the last.
func (s *site) updateAmid(ctx context.Context, secrets int) (accepted map[string]time.Time, err error) {
	accepted = map[string]time.Time{}
	var mu sync.Mutex
	updating, ctx := errgroup.WithContext(ctx)
	for n := range secrets {
		if err := s.applied(ctx, secrets+n*(s.of.Objects-secrets)/secrets/2); err != nil {
			return nil, err
		}
		updating.Go(func() error {
			err := s.api.Update(ctx, secret(named(n), -1))
			mu.Lock()
			defer mu.Unlock()
			accepted[named(n).Name] = time.Now()
			return err
		})
	}
	err = updating.Wait()
	if _, ready := s.sets.counts(); err == nil && ready == s.of.Objects {
		err = fmt.Errorf("everything was applied before the last of %d Secrets was updated", secrets)
	}
	return accepted, err
}

// applied waits until at least so many sets are Ready.
func (s *site) applied(ctx context.Context, sets int) error {
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for {
		if _, ready := s.sets.counts(); ready >= sets {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
