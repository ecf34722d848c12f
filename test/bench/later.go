package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/bench/report"
)

// later measures what an apply still costs after all is Ready: some seconds later each Account counts what it has.
func (s *site) later(ctx context.Context, got report.Sample) error {
	m, err := s.meter(ctx)
	if err != nil {
		return err
	}
	if err := s.allCounted(ctx, report.Variables); err != nil {
		return err
	}
	c, err := m.costs(ctx)
	objects := float64(s.of.Objects)
	got.Add("later/requests", float64(c.requests)/objects)
	got.Add("later/writes", float64(c.writes)/objects)
	got.Add("later/cpu", float64(c.cpu.Milliseconds())/objects)
	say("  %s, later: %.2f requests and %.1f ms of CPU an object", s.of.Name(), got["later/requests"][0], got["later/cpu"][0])
	return err
}

// allCounted waits until each Account counts so many variables, and nothing more happens. The floor counts nothing.
func (s *site) allCounted(ctx context.Context, variables int32) error {
	if s.of.Subject == report.Floor {
		return nil
	}
	var counted atomic.Int64
	far := func() string {
		return fmt.Sprintf("%s: %d of %d Accounts have counted", s.of.Name(), counted.Load(), s.of.Objects)
	}
	defer progress(far)()
	if err := every(ctx, 5*time.Second, func() error {
		n, err := s.counted(ctx, variables)
		if counted.Store(int64(n)); err == nil && n < s.of.Objects {
			err = errors.New(far())
		}
		return err
	}); err != nil {
		return err
	}
	return s.rests(ctx)
}

// counted is how many Accounts show that number of variables.
func (s *site) counted(ctx context.Context, variables int32) (n int, err error) {
	var accounts v1alpha1.AccountList
	if err := s.api.List(ctx, &accounts, client.InNamespace(ns)); err != nil {
		return 0, err
	}
	for _, a := range accounts.Items {
		if a.Status.EnvVarCount != nil && *a.Status.EnvVarCount == variables {
			n++
		}
	}
	return n, nil
}
