package main

import (
	"context"
	"fmt"
	"time"

	"github.com/account-operator/account-operator/test/cluster"
)

// restart stops the subject and measures how long its successor takes until it
// has looked at everything, and what that costs.
func (s *site) restart(ctx context.Context, got sample) error {
	if err := s.stop(); err != nil {
		return err
	}
	written, err := s.storeWrites(ctx)
	if err != nil {
		return err
	}
	mark, begun := s.cluster.Audit.Mark(), time.Now()
	if err := s.start(); err != nil {
		return err
	}
	if err := s.hasSeen(ctx, s.settled()); err != nil {
		return err
	}
	got["restart/seconds"] = time.Since(begun).Seconds()
	cpu, err := s.cpuTime()
	if err != nil {
		return err
	}
	got["restart/cpu"] = cpu.Seconds()
	if got["restart/memory"], err = s.peakMemory(); err != nil {
		return err
	}
	requests, events, err := meter{site: s, mark: mark}.requests()
	if err != nil {
		return err
	}
	counts := cluster.Count(requests)
	writes := events
	for _, r := range requests {
		if cluster.Writes(r) {
			writes++
		}
	}
	got["restart/requests"], got["restart/writes"] = float64(len(requests)+events), float64(writes)
	got["restart/secrets"] = float64(counts["get secrets"])
	now, err := s.storeWrites(ctx)
	got["restart/store"] = float64(now - written)
	say("  restart: %.1f s, %.0f requests, %d writes, %.0f reads of Secrets", got["restart/seconds"], got["restart/requests"], writes, got["restart/secrets"])
	return err
}

// settled is how many objects the subject looks after.
func (s *site) settled() int {
	if s.variant.Subject == subjectManager {
		return 2 * s.bench.objects // sets and Accounts
	}
	return s.bench.objects
}

// hasSeen waits until the subject has looked at so many objects and rests.
func (s *site) hasSeen(ctx context.Context, objects int) error {
	return eventually(ctx, func() error {
		w, err := s.running.Work(ctx)
		if err == nil && (w.Passes < objects || !w.Idle()) {
			err = fmt.Errorf("%+v of %d objects", w, objects)
		}
		return err
	})
}
