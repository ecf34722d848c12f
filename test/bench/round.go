package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/bench/report"
)

// round measures tasks one after the other. Those that end with waiting come last and wait together, which saves most of
// the time that it takes to see that nothing happens.
func (b *bench) round(ctx context.Context, tasks []task, results *report.Results) (err error) {
	var waiting []*visit
	defer func() {
		for _, v := range waiting {
			err = errors.Join(err, v.end())
		}
	}()
	for _, t := range ordered(tasks) {
		b.announce(t)
		v, err := b.visit(ctx, t)
		if err != nil {
			return err
		}
		work, rest := t.split()
		if err := v.take(work); err != nil {
			return errors.Join(err, v.end())
		}
		if len(rest) > 0 {
			waiting = append(waiting, v)
			continue
		}
		if err := v.end(); err != nil {
			return err
		}
		results.Add(t.Case, v.got)
	}
	var together errgroup.Group
	for _, v := range waiting {
		_, rest := v.split()
		together.Go(func() error { return v.take(rest) })
	}
	if err := together.Wait(); err != nil {
		return err
	}
	for _, v := range waiting {
		results.Add(v.Case, v.got)
	}
	return nil
}

// ordered puts those that wait last: while they do, nothing else is measured beside them.
func ordered(tasks []task) []task {
	return slices.SortedStableFunc(slices.Values(tasks), func(a, b task) int {
		_, restA := a.split()
		_, restB := b.split()
		return min(len(restA), 1) - min(len(restB), 1)
	})
}

// visit is a task under way, on a site of its own.
type visit struct {
	task

	site   *site
	got    report.Sample
	ctx    context.Context //nolint:containedctx // it ends with the visit, as the spectators that run in it
	cancel context.CancelFunc
}

func (b *bench) visit(ctx context.Context, t task) (v *visit, err error) {
	s, err := b.open(ctx, t.Case)
	if err != nil {
		return nil, t.failed(err)
	}
	v = &visit{task: t, site: s, got: report.Sample{}}
	v.ctx, v.cancel = context.WithCancel(ctx)
	if err = s.furnish(v.ctx); err == nil {
		s.sets, err = s.watch(v.ctx, &v1alpha1.EnvVarSet{})
	}
	if err != nil {
		return nil, errors.Join(t.failed(err), v.end())
	}
	return v, nil
}

func (v *visit) take(steps []step) error {
	for _, step := range steps {
		if err := step.take(v.site, v.ctx, v.got); err != nil {
			return v.failed(fmt.Errorf("%s: %w", step.name, err))
		}
	}
	return nil
}

func (v *visit) end() error {
	v.cancel()
	return v.site.close()
}
