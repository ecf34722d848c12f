package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
)

// sample is what one run gave, by the name of what was measured.
type sample map[string]float64

// measure takes one variant through everything.
func (b *bench) measure(ctx context.Context, v variant) (got sample, err error) {
	s, err := b.open(ctx, v)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := s.furnish(ctx); err != nil {
		return nil, err
	}
	if s.sets, err = s.watch(ctx, &v1alpha1.EnvVarSet{}); err != nil {
		return nil, err
	}
	got = sample{}
	for _, step := range []struct {
		name string
		take func(context.Context, sample) error
	}{{"apply", s.apply}, {"quiet", s.quiet}, {"rotate", s.rotate}, {"restart", s.restart}, {"delete", s.remove}} {
		if err := step.take(ctx, got); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return got, nil
}

// furnish starts the subject, with all there is that sets need.
func (s *site) furnish(ctx context.Context) error {
	if err := s.createAll(ctx, func(n int) client.Object { return secret(n, 0) }); err != nil {
		return err
	}
	if err := s.start(s.profiled()...); err != nil {
		return err
	}
	if s.variant.Subject == subjectFloor {
		return eventually(ctx, func() error { _, err := s.running.Work(ctx); return err })
	}
	ctx, cancel := context.WithCancel(ctx) // later the Accounts need no spectator
	defer cancel()
	accounts, err := s.watch(ctx, &v1alpha1.Account{})
	if err != nil {
		return err
	}
	if err := s.createAll(ctx, func(n int) client.Object { return account(n) }); err != nil {
		return err
	}
	if err := s.sees(ctx, accounts, s.bench.objects); err != nil {
		return err
	}
	return s.rests(ctx)
}

// apply creates all sets as fast as the API server takes them and waits until
// all are Ready.
func (s *site) apply(ctx context.Context, got sample) error {
	m, err := s.meter()
	if err != nil {
		return err
	}
	profile := s.profile(ctx)
	begun := time.Now()
	created := make(chan error, 1)
	go func() { created <- s.createAll(ctx, func(n int) client.Object { return set(n) }) }()
	if err := errors.Join(s.sees(ctx, s.sets, s.bench.objects), <-created); err != nil {
		return err
	}
	took, objects := time.Since(begun), float64(s.bench.objects)
	got["apply/rate"] = objects / took.Seconds()
	if err := s.rests(ctx); err != nil { // what comes after Ready belongs to the costs
		return err
	}
	cpu, err := m.cpuSince()
	if err != nil {
		return err
	}
	got["apply/cpu"] = cpu.Seconds() * 1000 / objects
	if got["apply/memory"], err = s.peakMemory(); err != nil {
		return err
	}
	requests, events, err := m.requests()
	if err != nil {
		return err
	}
	for what, n := range cluster.Count(requests) {
		got["requests/"+what] = float64(n) / objects
	}
	got["apply/requests"], got["apply/events"] = float64(len(requests))/objects, float64(events)/objects
	say("  apply: %.0f objects/s, %.1f ms of CPU and %.2f requests an object", got["apply/rate"], got["apply/cpu"], got["apply/requests"])
	return <-profile
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
		if err != nil || without(requests, "watch")+events == 0 {
			return err
		}
	}
}

// quiet counts what happens while nothing happens. The policy plays no part in it.
func (s *site) quiet(ctx context.Context, got sample) error {
	if s.bench.quiet == 0 || s.variant.Policy {
		return nil
	}
	m, err := s.meter()
	if err != nil {
		return err
	}
	select {
	case <-time.After(s.bench.quiet):
	case <-ctx.Done():
		return ctx.Err()
	}
	cpu, err := m.cpuSince()
	if err != nil {
		return err
	}
	requests, events, err := m.requests()
	if err != nil {
		return err
	}
	minutes := s.bench.quiet.Minutes()
	got["quiet/requests"] = float64(without(requests, "watch")+events) / minutes
	got["quiet/cpu"] = cpu.Seconds() * 1000 / minutes
	say("  quiet: %.1f requests and %.0f ms of CPU a minute", got["quiet/requests"], got["quiet/cpu"])
	return nil
}

// without counts the requests of other verbs. A watch that the API server ends
// after some minutes is opened anew, by everybody.
func without(requests []cluster.Request, verb string) int {
	n := 0
	for _, r := range requests {
		if r.Verb != verb {
			n++
		}
	}
	return n
}

// remove deletes all sets at once.
func (s *site) remove(ctx context.Context, got sample) error {
	begun := time.Now()
	deleted := make(chan error, 1)
	go func() { deleted <- s.each(func(n int) error { return s.api.Delete(ctx, set(n)) }) }()
	if err := errors.Join(s.sees(ctx, s.sets, 0), <-deleted); err != nil {
		return err
	}
	got["delete/rate"] = float64(s.bench.objects) / time.Since(begun).Seconds()
	say("  delete: %.0f objects/s", got["delete/rate"])
	return nil
}
