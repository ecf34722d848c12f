package postgres_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/postgres"
)

// Given a start that is given up at some moment of it, then it ends at once, says why, and leaves no folder.
func TestStart_GivenUpBeforeItIsReady_EndsAndLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{folder, filepath.Dir(folder)} {
		if err := os.Chmod(path, 0o755); err != nil { // the server's own user has to pass
			t.Fatal(err)
		}
	}
	t.Setenv("TMPDIR", folder)
	for _, after := range []time.Duration{0, 20 * time.Millisecond, 300 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		s, err := postgres.Start(ctx, postgres.Options{})
		cancel()
		if err == nil {
			t.Logf("it was ready within %s", after)
			err = errors.Join(context.DeadlineExceeded, s.Stop())
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up after %s: %v", after, err)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Given a server that is frozen, when it is stopped, then it hears that and ends.
func TestStop_Frozen_Ends(t *testing.T) {
	s, err := postgres.Start(t.Context(), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Freeze(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}
