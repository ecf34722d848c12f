package cluster_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/cluster"
)

// Given a start that is given up at some moment of it, then it ends at once, says why, and leaves no process and no folder.
func TestStart_GivenUpBeforeItIsReady_EndsAndLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	for _, after := range []time.Duration{0, 50 * time.Millisecond, time.Second} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		c, err := cluster.Start(ctx, cluster.Options{})
		cancel()
		if err == nil {
			t.Logf("it was ready within %s", after)
			err = errors.Join(context.DeadlineExceeded, c.Stop())
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up after %s: %v", after, err)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
