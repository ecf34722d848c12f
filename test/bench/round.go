package main

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/bench/report"
)

// round measures tasks one after the other. Those that end with waiting come last and stay together.
func (b *bench) round(ctx context.Context, tasks []task, results *report.Results) error {
	alone, together := apart(tasks)
	for _, t := range alone {
		v, err := b.visit(ctx, t)
		if err != nil {
			return err
		}
		if err := errors.Join(v.take(t.steps...), v.end()); err != nil {
			return err
		}
		results.Add(t.Case, v.got)
	}
	return b.together(ctx, together, results)
}

// together takes the steps of several tasks in turns, and waits with all of them at once, which saves most of the time that
// it takes to see that nothing happens. In turns, so that what is compared is measured close together.
func (b *bench) together(ctx context.Context, tasks []task, results *report.Results) (err error) {
	var visits []*visit
	defer func() {
		for _, v := range visits {
			err = errors.Join(err, v.end())
		}
	}()
	for _, t := range tasks {
		v, err := b.visit(ctx, t)
		if err != nil {
			return err
		}
		visits = append(visits, v)
	}
	if err := inTurns(visits); err != nil {
		return err
	}
	var waiting errgroup.Group
	for _, v := range visits {
		_, rest := v.split()
		waiting.Go(func() error { return v.take(rest...) })
	}
	if err := waiting.Wait(); err != nil {
		return err
	}
	for _, v := range visits {
		results.Add(v.Case, v.got)
	}
	return nil
}

// inTurns has all take their first step, then all their second one, until only waiting is left.
func inTurns(visits []*visit) error {
	for n, left := 0, true; left; n++ {
		left = false
		for _, v := range visits {
			if work, _ := v.split(); n < len(work) {
				left = true
				if err := v.take(work[n]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// apart separates those that end with waiting from the others.
func apart(tasks []task) (alone, together []task) {
	for _, t := range tasks {
		if _, rest := t.split(); len(rest) > 0 {
			together = append(together, t)
		} else {
			alone = append(alone, t)
		}
	}
	return alone, together
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
	b.announce(t)
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

func (v *visit) take(steps ...step) error {
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
