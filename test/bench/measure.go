package main

import (
	"context"
	"errors"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/bench/report"
	"github.com/account-operator/account-operator/test/cluster"
)

// furnish starts the subject, with all there is that sets need.
func (s *site) furnish(ctx context.Context) error {
	if err := s.create(ctx, 0, s.of.Objects, func(n int) client.Object { return secret(named(n), 0) }); err != nil {
		return err
	}
	if err := s.start(s.profiled()...); err != nil {
		return err
	}
	if s.of.Subject == report.Floor {
		return eventually(ctx, func() error { _, err := s.running.Work(ctx); return err })
	}
	ctx, cancel := context.WithCancel(ctx) // later the Accounts need no spectator
	defer cancel()
	accounts, err := s.watch(ctx, &v1alpha1.Account{})
	if err != nil {
		return err
	}
	if err := s.create(ctx, 0, s.of.Objects, func(n int) client.Object { return account(n) }); err != nil {
		return err
	}
	if err := s.sees(ctx, accounts, s.of.Objects); err != nil {
		return err
	}
	return s.rests(ctx)
}

// apply creates all sets as fast as the API server takes them and waits until
// all are Ready.
func (s *site) apply(ctx context.Context, got report.Sample) error {
	m, err := s.meter(ctx)
	if err != nil {
		return err
	}
	profile := s.profile(ctx, "cpu", 20)
	begun := time.Now()
	created := make(chan error, 1)
	go func() {
		created <- s.create(ctx, 0, s.of.Objects, func(n int) client.Object { return own.set(n) })
	}()
	if err := errors.Join(s.sees(ctx, s.sets, s.of.Objects), <-created); err != nil {
		return err
	}
	got.Add("apply/rate", float64(s.of.Objects)/time.Since(begun).Seconds())
	if err := s.rests(ctx); err != nil { // what comes after Ready belongs to the costs
		return err
	}
	if err := s.addApplied(got, m); err != nil {
		return err
	}
	return errors.Join(s.holds(ctx, s.of.Objects), <-profile, s.profileMemory(ctx))
}

func (s *site) addApplied(got report.Sample, m meter) error {
	objects := float64(s.of.Objects)
	cpu, err := m.cpuSince()
	if err != nil {
		return err
	}
	memory, err := s.peakMemory()
	if err != nil {
		return err
	}
	requests, events, err := m.requests()
	if err != nil {
		return err
	}
	requests = withoutWatches(requests)
	for what, n := range cluster.Count(requests) {
		got.Add(report.PerObject+what, float64(n)/objects)
	}
	got.Add("apply/cpu", cpu.Seconds()*1000/objects)
	got.Add("apply/memory", memory)
	got.Add("apply/requests", float64(len(requests))/objects)
	got.Add("apply/events", float64(events)/objects)
	say("  apply: %.0f objects/s, %.1f ms of CPU and %.2f requests an object", got["apply/rate"][0], got["apply/cpu"][0], got["apply/requests"][0])
	return nil
}

// rests waits until the subject has asked the API server nothing for a moment: its events, too, have been written.
func (s *site) rests(ctx context.Context) error {
	moment := time.NewTicker(500 * time.Millisecond)
	defer moment.Stop()
	for {
		m := meter{site: s, mark: s.cluster.Audit.Mark()}
		select {
		case <-moment.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		requests, events, err := m.requests()
		if err != nil || len(withoutWatches(requests))+events == 0 {
			return err
		}
	}
}

// remove deletes all sets at once.
func (s *site) remove(ctx context.Context, got report.Sample) error {
	m, err := s.meter(ctx)
	if err != nil {
		return err
	}
	begun := time.Now()
	deleted := make(chan error, 1)
	go func() {
		deleted <- each("deleted", 0, s.of.Objects, func(n int) error { return s.api.Delete(ctx, own.set(n)) })
	}()
	if err := errors.Join(s.sees(ctx, s.sets, 0), <-deleted); err != nil {
		return err
	}
	got.Add("delete/rate", float64(s.of.Objects)/time.Since(begun).Seconds())
	if err := s.rests(ctx); err != nil {
		return err
	}
	c, err := m.costs(ctx)
	if err != nil {
		return err
	}
	objects := float64(s.of.Objects)
	got.Add("delete/requests", float64(c.requests)/objects)
	got.Add("delete/cpu", c.cpu.Seconds()*1000/objects)
	say("  delete: %.0f objects/s, %.1f ms of CPU and %.2f requests an object", got["delete/rate"][0], got["delete/cpu"][0], got["delete/requests"][0])
	return errors.Join(s.holds(ctx, 0), s.allCounted(ctx, 0))
}
