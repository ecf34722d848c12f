package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/account-operator/account-operator/test/bench/report"
)

// plan is what to measure.
type plan struct {
	long      bool
	objects   sizes // in place of those of the stages
	runs      int
	rotations int
	foreign   int
	quiet     time.Duration
	only      string // variants whose name contains it
	chosen    parts  // in place of all
	profiles  string // folder for profiles of the manager
	note      string
	out       string // path of the results, without .md and .json
}

// sizes is a flag.Value.
type sizes []int

func (s *sizes) String() string { return fmt.Sprint(*s) }

func (s *sizes) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is not a number of objects", part)
		}
		*s = append(*s, n)
	}
	return nil
}

// parts is a flag.Value: names of steps.
type parts []string

func (p *parts) String() string { return strings.Join(*p, ",") }

func (p *parts) Set(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		if !slices.ContainsFunc(measured, func(s step) bool { return s.name == name }) {
			return fmt.Errorf("no part is named %q", name)
		}
		*p = append(*p, name)
	}
	return nil
}

// has reports whether a step is measured. Without an apply there is nothing to measure.
func (p parts) has(s step) bool {
	return len(p) == 0 || s.name == apply.name || slices.Contains(p, s.name)
}

// anyOf reports whether any of these is measured for its own sake.
func (p parts) anyOf(steps []step) bool {
	return len(p) == 0 && len(steps) > 0 || slices.ContainsFunc(steps, func(s step) bool { return slices.Contains(p, s.name) })
}

// step is a part of a run. It adds what it measured.
type step struct {
	name string
	take func(*site, context.Context, report.Sample) error
	once bool // in the first run only: it takes long, or gives percentiles of many values
	rest bool // nothing is done meanwhile, so that others may do the same beside it
}

var (
	apply   = step{name: "apply", take: (*site).apply}
	quiet   = step{name: "quiet", take: (*site).quiet, once: true, rest: true}
	later   = step{name: "what follows", take: (*site).later}
	rotate  = step{name: "rotation", take: (*site).rotate}
	restart = step{name: "restart", take: (*site).restart}
	remove  = step{name: "delete", take: (*site).remove}
	storm   = step{name: "rotation during an apply", take: (*site).storm, once: true}
	fanOut  = step{name: "fan-out", take: (*site).fanOut, once: true}
	many    = step{name: "one set for many accounts", take: (*site).many, once: true}
)

var measured = []step{apply, quiet, later, rotate, restart, remove, storm, fanOut, many}

// stage is a number of objects, and what is measured with them.
type stage struct {
	objects int
	runs    int
	// steps of a variant; none: it is left out.
	steps func(report.Variant) []step
}

// stages of the short plan take less than half an hour on two cores: what is quick is measured three times.
func (p plan) stages() []stage {
	if p.long {
		return []stage{{1000, 3, small}, {5000, 3, whole}, {10_000, 3, settled}, {50_000, 1, settled}}
	}
	return []stage{{1000, 3, small}, {5000, 1, medium}, {10_000, 1, large}}
}

func small(v report.Variant) []step {
	if !v.Policy {
		return applied(v, remove)
	}
	return selected(v, applied(v, rotate, remove, storm, fanOut))
}

func medium(v report.Variant) []step {
	switch {
	case !v.Policy:
		return nil
	case v.Subject == report.Floor:
		return applied(v, restart)
	default:
		return applied(v, restart, restart, restart, quiet)
	}
}

func large(v report.Variant) []step {
	if v.Subject == report.Floor {
		return nil
	}
	return settled(v)
}

func settled(v report.Variant) []step {
	if !v.Policy {
		return nil
	}
	return applied(v, rotate, restart, restart, restart)
}

func whole(v report.Variant) []step {
	if !v.Policy {
		return applied(v, remove)
	}
	return selected(v, applied(v, quiet, rotate, restart, restart, restart, remove, storm, fanOut))
}

// selected adds what only a manager does.
func selected(v report.Variant, steps []step) []step {
	if v.Subject == report.Floor {
		return steps
	}
	return append(steps, many)
}

// applied puts what follows from an apply, which would disturb the steps after it, before them. The floor counts nothing.
func applied(v report.Variant, steps ...step) []step {
	if v.Subject == report.Floor {
		return append([]step{apply}, steps...)
	}
	return append([]step{apply, later}, steps...)
}

// task is one run of a case.
type task struct {
	report.Case

	steps []step
}

// split cuts off the steps at the end in which nothing is done.
func (t task) split() (work, rest []step) {
	n := len(t.steps)
	for n > 0 && t.steps[n-1].rest {
		n--
	}
	return t.steps[:n], t.steps[n:]
}

func (t task) String() string { return fmt.Sprintf("%s with %d objects", t.Name(), t.Objects) }

func (t task) failed(err error) error { return fmt.Errorf("%s: %w", t, err) }

// todo lists all runs, round by round. What is compared is measured close together, in one round.
func (p plan) todo() (rounds [][]task) {
	for n, st := range p.stages() {
		if p.objects != nil {
			if n >= len(p.objects) {
				break
			}
			st.objects = p.objects[n]
		}
		if st.objects == 0 {
			continue
		}
		for run := range min(st.runs, p.runs) {
			if tasks := p.tasks(st, run); len(tasks) > 0 {
				rounds = append(rounds, tasks)
			}
		}
	}
	return rounds
}

func (p plan) tasks(st stage, run int) (all []task) {
	for _, store := range []string{report.SQLite, report.PostgreSQL} {
		for _, policy := range []bool{false, true} {
			for _, subject := range []string{report.Floor, report.Manager} {
				c := report.Case{Variant: report.Variant{Subject: subject, Store: store, Policy: policy}, Objects: st.objects}
				if !strings.Contains(c.Name(), p.only) {
					continue
				}
				if steps := p.steps(st, c.Variant, run); p.chosen.anyOf(steps) {
					all = append(all, task{c, steps})
				}
			}
		}
	}
	return all
}

func (p plan) steps(st stage, v report.Variant, run int) (steps []step) {
	for _, s := range st.steps(v) {
		if s.once && run > 0 || s.name == quiet.name && p.quiet == 0 || !p.chosen.has(s) {
			continue
		}
		steps = append(steps, s)
	}
	return steps
}
