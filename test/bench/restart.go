package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/bench/report"
)

// restart stops the subject and measures how long its successor takes until it
// has looked at everything, and what that costs.
func (s *site) restart(ctx context.Context, got report.Sample) (err error) {
	if err := s.stop(); err != nil {
		return err
	}
	if err := s.crowd(ctx); err != nil {
		return err
	}
	w, err := s.witness(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.dismiss(ctx)) }()
	m, begun := meter{site: s, mark: s.cluster.Audit.Mark()}, time.Now()
	if err := s.start(); err != nil {
		return err
	}
	if err := s.hasSeen(ctx, s.settled()); err != nil {
		return err
	}
	took := time.Since(begun).Seconds()
	c, err := m.costs(ctx)
	if err != nil {
		return err
	}
	memory, err := s.peakMemory()
	if err != nil {
		return err
	}
	rows, err := w.rows(ctx)
	if err != nil {
		return err
	}
	got.Add("restart/seconds", took)
	got.Add("restart/cpu", c.cpu.Seconds())
	got.Add("restart/memory", memory)
	got.Add("restart/requests", float64(c.requests))
	got.Add("restart/writes", float64(c.writes))
	got.Add("restart/secrets", float64(c.secrets))
	got.Add("restart/rows", float64(rows))
	got.Add("restart/foreign", float64(s.bench.foreign))
	s.addCalls(got, "restart/calls", float64(c.calls))
	say("  restart: %.1f s, %d requests, %d writes, %d reads of Secrets, %d rows", took, c.requests, c.writes, c.secrets, rows)
	return s.sees(ctx, s.sets, s.of.Objects)
}

// crowd adds Secrets that are no concern of the subject's, once.
func (s *site) crowd(ctx context.Context) error {
	if s.crowded {
		return nil
	}
	s.crowded = true
	const foreign = "foreign"
	if err := s.api.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: foreign}}); err != nil {
		return err
	}
	return s.create(ctx, 0, s.bench.foreign, func(n int) client.Object {
		return secret(metav1.ObjectMeta{Namespace: foreign, Name: fmt.Sprintf("foreign-%d", n)}, 0)
	})
}

// settled is how many objects the subject looks after.
func (s *site) settled() int {
	if s.of.Subject == report.Manager {
		return 2 * s.of.Objects // sets and Accounts
	}
	return s.of.Objects
}

// hasSeen waits until the subject has looked at so many objects and rests. It asks seldom: to count its objects for an answer takes
// a manager its time, which is measured.
func (s *site) hasSeen(ctx context.Context, objects int) error {
	return every(ctx, 100*time.Millisecond, func() error {
		w, err := s.running.Work(ctx)
		if err == nil && (w.Passes < objects || !w.Idle()) {
			err = fmt.Errorf("%+v of %d objects", w, objects)
		}
		return err
	})
}
