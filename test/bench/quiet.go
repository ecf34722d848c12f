package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/account-operator/account-operator/test/bench/report"
	"github.com/account-operator/account-operator/test/cluster"
)

// quiet counts what happens while nothing happens.
func (s *site) quiet(ctx context.Context, got report.Sample) (err error) {
	w, err := s.witness(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.dismiss(ctx)) }()
	m, err := s.meter(ctx)
	if err != nil {
		return err
	}
	if err := s.wait(ctx, s.bench.quiet); err != nil {
		return err
	}
	cpu, err := m.cpuSince()
	if err != nil {
		return err
	}
	requests, events, err := m.requests()
	if err != nil {
		return err
	}
	asked := len(withoutWatches(requests)) + events
	rows, err := w.rows(ctx)
	if err != nil {
		return err
	}
	minutes := s.bench.quiet.Minutes()
	got.Add("quiet/minutes", minutes)
	got.Add("quiet/requests", float64(asked)/minutes)
	got.Add("quiet/rows", float64(rows)/minutes)
	got.Add("quiet/cpu", cpu.Seconds()*1000/minutes)
	say("  %s, quiet: %d requests, %d rows, %v of CPU in %v", s.of.Name(), asked, rows, cpu, s.bench.quiet)
	for what, n := range cluster.Count(withoutWatches(requests)) {
		say("    %d %s", n, what)
	}
	return s.sees(ctx, s.sets, s.of.Objects)
}

func (s *site) wait(ctx context.Context, d time.Duration) error {
	defer progress(func() string { return fmt.Sprintf("%s: quiet for %v", s.of.Name(), d) })()
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// withoutWatches leaves those out: one that the API server ends after some minutes is opened again, by everybody.
func withoutWatches(requests []cluster.Request) []cluster.Request {
	return slices.DeleteFunc(slices.Clone(requests), func(r cluster.Request) bool { return r.Verb == "watch" })
}
