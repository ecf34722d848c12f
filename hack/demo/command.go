package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// shell runs exactly the text that was shown, at the root of the repository.
func (s *stage) shell(ctx context.Context, text string) (string, error) {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", text)
	cmd.Dir, cmd.Env = s.root, s.environment()
	// A group of its own, so that all of a pipe ends and not only the shell.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return string(out), context.Cause(ctx)
	}
	return string(out), err
}

// run shows a command, runs it and shows what it printed, which has to hold what is wanted.
func (s *stage) run(ctx context.Context, text string, wanted ...string) error {
	out, err := s.shown(ctx, text)
	if err != nil {
		return err
	}
	return holds(out, wanted)
}

func (s *stage) shown(ctx context.Context, text string) (string, error) {
	s.screen.command(text)
	out, err := s.shell(ctx, text)
	s.screen.output(out)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return out, fmt.Errorf("the command ended with %w", exit)
	}
	return out, err
}

// refused runs a command that has to fail with these words.
func (s *stage) refused(ctx context.Context, text string, wanted ...string) error {
	out, err := s.shown(ctx, text)
	if ctx.Err() != nil {
		return err
	}
	if err == nil {
		return errors.New("it was accepted, and should have been refused")
	}
	return holds(out, wanted)
}

// until runs a command again and again until it prints what is wanted, and shows that.
func (s *stage) until(ctx context.Context, text string, wanted ...string) error {
	s.screen.command(text)
	var out string
	err := wait.PollUntilContextCancel(ctx, 200*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		var err error
		out, err = s.shell(ctx, text)
		return err == nil && holds(out, wanted) == nil, nil
	})
	s.screen.output(out)
	if err != nil {
		return errors.Join(context.Cause(ctx), holds(out, wanted))
	}
	return nil
}

func holds(out string, wanted []string) error {
	for _, words := range wanted {
		if !strings.Contains(out, words) {
			return fmt.Errorf("what it printed does not hold %q", words)
		}
	}
	return nil
}
