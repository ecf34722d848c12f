package main

import (
	"context"
	"fmt"
	"time"
)

const (
	// stepLimit ends a step that hangs; the longest takes some seconds.
	stepLimit = 2 * time.Minute
	// waitLimit is for one thing that should take milliseconds.
	waitLimit = 30 * time.Second
)

// step is one part of a run: what it is about in plain words, then what happens.
type step struct {
	title string
	say   string
	do    []action
}

// action does one thing on the stage and fails unless it really happened.
type action func(ctx context.Context, s *stage) error

// failure is a step that did not happen.
type failure struct {
	step  string
	cause error
}

func (f *failure) Error() string { return fmt.Sprintf("%s: %v", f.step, f.cause) }
func (f *failure) Unwrap() error { return f.cause }

// play does the steps in order and ends at the first that fails.
func (s *stage) play(ctx context.Context, steps []step) error {
	for n, step := range steps {
		s.screen.title(n+1, len(steps), step.title)
		s.screen.say(step.say)
		if err := s.act(ctx, step.do); err != nil {
			return &failure{fmt.Sprintf("step %d of %d, %q", n+1, len(steps), step.title), err}
		}
	}
	return nil
}

func (s *stage) act(ctx context.Context, actions []action) error {
	ctx, cancel := context.WithTimeoutCause(ctx, stepLimit, fmt.Errorf("it took longer than %s", stepLimit))
	defer cancel()
	for _, do := range actions {
		if err := do(ctx, s); err != nil {
			return err
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
	}
	return nil
}

// The actions that are one command.

func say(text string) action {
	return func(_ context.Context, s *stage) error {
		s.screen.say(text)
		return nil
	}
}

func run(text string, wanted ...string) action {
	return func(ctx context.Context, s *stage) error { return s.run(ctx, text, wanted...) }
}

func refused(text string, wanted ...string) action {
	return func(ctx context.Context, s *stage) error { return s.refused(ctx, text, wanted...) }
}

func until(text string, wanted ...string) action {
	return func(ctx context.Context, s *stage) error { return s.until(ctx, text, wanted...) }
}
