package main

import (
	"context"
	"maps"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/bench/report"
)

// fanOut adds as many sets again, which all take one Secret, updates it and
// measures until all have the new value in the store, and what that costs.
func (s *site) fanOut(ctx context.Context, got report.Sample) error {
	one := metav1.ObjectMeta{Namespace: ns, Name: shared}
	if err := s.share(ctx, one); err != nil {
		return err
	}
	l, err := s.ledger()
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	o, err := l.lookout(ctx, sharing, numbers(s.of.Objects), 100*time.Millisecond)
	if err != nil {
		return err
	}
	m, err := s.meter(ctx)
	if err != nil {
		return err
	}
	if err := s.api.Update(ctx, secret(one, 1)); err != nil {
		return err
	}
	accepted := time.Now()
	seen, err := o.await(ctx)
	if err != nil {
		return err
	}
	if err := s.rests(ctx); err != nil {
		return err
	}
	times := slices.SortedFunc(maps.Values(seen), time.Time.Compare)
	got.Add("fanout/first", since(accepted, times[0])/1000)
	got.Add("fanout/last", since(accepted, times[len(times)-1])/1000)
	say("  fan-out: first after %.2f s, last after %.2f s", got["fanout/first"][0], got["fanout/last"][0])
	c, err := m.costs(ctx)
	sets := float64(s.of.Objects)
	got.Add("fanout/cpu", float64(c.cpu.Milliseconds())/sets)
	got.Add("fanout/requests", float64(c.requests)/sets)
	got.Add("fanout/writes", float64(c.writes)/sets)
	s.addCalls(got, "fanout/calls", float64(c.calls)/sets)
	return err
}

// share has all sets of the crew take one Secret.
func (s *site) share(ctx context.Context, one metav1.ObjectMeta) error {
	if err := s.api.Create(ctx, secret(one, 0)); err != nil {
		return err
	}
	if err := s.create(ctx, 0, s.of.Objects, func(n int) client.Object { return sharing.set(n) }); err != nil {
		return err
	}
	if err := s.sees(ctx, s.sets, 2*s.of.Objects); err != nil {
		return err
	}
	return s.rests(ctx)
}
