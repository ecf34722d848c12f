package s3_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/s3"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(ctx context.Context) (*s3.Server, error) {
	return s3.Start(ctx, "../..", s3.Key{ID: "owner", Secret: "owner-secret"}, s3.Key{ID: "stranger", Secret: "stranger-secret"})
}

// leavesNothing looks for the server's folders; those of a go that was killed are not its own.
func leavesNothing(t *testing.T, folder string) {
	t.Helper()
	if left, err := filepath.Glob(filepath.Join(folder, "*account-operator*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestServer_StoppedRightAfterStart_EndsAndLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	for range 3 {
		server, err := start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}
	leavesNothing(t, folder)
}

// Given a start that is given up at some moment of it, then it ends at once and leaves nothing.
func TestStart_GivenUpBeforeItIsReady_EndsAndLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	for _, after := range []time.Duration{0, 100 * time.Millisecond, 500 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		server, err := start(ctx)
		cancel()
		if err == nil {
			t.Logf("it was ready within %s", after)
			err = server.Stop()
		}
		if err != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("given up after %s: %v", after, err)
		}
	}
	leavesNothing(t, folder)
}
