package process_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/cluster/process"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv("PROCESS_TEST_DOOMED"); folder != "" {
		doomed(folder)
	}
	goleak.VerifyTestMain(m)
}

func newGroup(t *testing.T) *process.Group {
	t.Helper()
	group, err := process.NewGroup()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := group.Close(); err != nil {
			t.Error(err)
		}
	})
	return group
}

func start(t *testing.T, group *process.Group, script string) *process.Process {
	t.Helper()
	p, err := group.Start(process.Command{
		Path: "/bin/sh", Args: []string{"-c", script}, Dir: t.TempDir(), Log: filepath.Join(t.TempDir(), "log"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func gone(t *testing.T, p *process.Process) {
	t.Helper()
	select {
	case <-p.Done():
	case <-soon(t).Done():
		t.Fatal("the process goes on")
	}
}

func TestStop_Process_IsAskedFirst(t *testing.T) {
	marker := filepath.Join(t.TempDir(), "asked")
	ready := marker + ".ready"
	p := start(t, newGroup(t), `trap "touch `+marker+`; exit" TERM; touch `+ready+`; sleep 1000 & wait`)
	exists := func(context.Context) error { _, err := os.Stat(ready); return err }
	if err := p.Await(soon(t), exists); err != nil {
		t.Fatal(err)
	}
	_ = p.Signal(syscall.SIGSTOP) // frozen, it still has to hear
	if err := p.Stop(time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(marker); err != nil {
		t.Error("the process was not asked:", err)
	}
	if err := p.Stop(time.Minute); err != nil {
		t.Errorf("stopping it again: %v", err)
	}
}

func TestStop_ProcessDoesNotListen_IsKilled(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	p := start(t, newGroup(t), `trap "" TERM; touch `+ready+`; while :; do sleep 1000; done`)
	exists := func(context.Context) error { _, err := os.Stat(ready); return err }
	if err := p.Await(soon(t), exists); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(50 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "was killed") {
		t.Errorf("Stop = %v, want to be told that it was killed", err)
	}
	gone(t, p)
}

func TestAwait_ProcessEnds_SaysWhatItPrinted(t *testing.T) {
	p := start(t, newGroup(t), "echo no room on the disk; exit 3")
	never := func(context.Context) error { return errors.New("not yet") }
	err := p.Await(soon(t), never)
	if err == nil || !strings.Contains(err.Error(), "no room on the disk") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("Await = %v", err)
	}
}

func TestAwait_NeverReady_GivesUpInTime(t *testing.T) {
	p := start(t, newGroup(t), "exec sleep 1000")
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	err := p.Await(brief, func(context.Context) error { return refused })
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("Await = %v, want the deadline and the last answer", err)
	}
}

func TestRun_Ended_SaysHow(t *testing.T) {
	group := newGroup(t)
	run := func(ctx context.Context, script string) error {
		return group.Run(ctx, process.Command{
			Path: "/bin/sh", Args: []string{"-c", script}, Log: filepath.Join(t.TempDir(), "log"),
		})
	}
	if err := run(soon(t), "true"); err != nil {
		t.Error(err)
	}
	if err := run(soon(t), "echo a reason; false"); err == nil || !strings.Contains(err.Error(), "a reason") {
		t.Errorf("failed run = %v", err)
	}
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := run(brief, "exec sleep 1000"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("endless run = %v", err)
	}
}

func TestClose_Group_EndsWhole(t *testing.T) {
	group, err := process.NewGroup()
	if err != nil {
		t.Fatal(err)
	}
	first, second := start(t, group, "sleep 1000"), start(t, group, "exec sleep 1000")
	if err := group.Close(); err != nil {
		t.Fatal(err)
	}
	gone(t, first)
	gone(t, second)
}
