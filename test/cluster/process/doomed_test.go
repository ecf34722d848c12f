package process_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster/process"
)

const prefix = "process-test"

// doomed is another program that starts a process and waits to be killed. The
// process prints into the pipe named "alive", whose reader hears when it ends.
func doomed(folder string) {
	group, err := process.NewGroup()
	if err != nil {
		panic(err)
	}
	if _, err := process.TemporaryFolder(prefix); err != nil {
		panic(err)
	}
	_, err = group.Start(process.Command{
		Path: "/bin/sh", Args: []string{"-c", "echo started; exec sleep 1000"}, Log: filepath.Join(folder, "alive"),
	})
	if err != nil {
		panic(err)
	}
	select {}
}

func TestDoomed_ProgramKilled_LeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	folder := t.TempDir()
	alive := filepath.Join(folder, "alive")
	if err := syscall.Mkfifo(alive, 0o600); err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), "PROCESS_TEST_DOOMED="+folder)
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}

	pipe, err := os.Open(alive)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pipe.Close() }()
	var word string
	if _, err := fmt.Fscanln(pipe, &word); err != nil || word != "started" {
		t.Fatalf("read %q, %v", word, err)
	}
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = await.Result(t, program.Wait) // it holds its folder until it is gone
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, pipe)
		close(ended)
	}()
	select {
	case <-ended:
	case <-soon(t).Done():
		t.Fatal("the process outlives the program that started it")
	}
	nextProgramSweeps(t)
}

// nextProgramSweeps checks that the folder which the killed program left goes
// away, and none that is in use.
func nextProgramSweeps(t *testing.T) {
	t.Helper()
	left := folders(t)
	if len(left) != 1 {
		t.Fatalf("folders after the kill: %v, want one", left)
	}
	first, err := process.TemporaryFolder(prefix)
	if err != nil {
		t.Fatal(err)
	}
	second, err := process.TemporaryFolder(prefix)
	if err != nil {
		t.Fatal(err)
	}
	if now := folders(t); len(now) != 2 || strings.Contains(strings.Join(now, " "), left[0]) {
		t.Errorf("folders now: %v, want two and not %s", now, left[0])
	}
	for _, f := range []*process.Folder{first, second} {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if now := folders(t); len(now) != 0 {
		t.Errorf("folders at the end: %v", now)
	}
}

func folders(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFolder_SecondHolder_IsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kept")
	first, err := process.OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := process.OpenFolder(path); err == nil || !strings.Contains(err.Error(), "in use by another program") {
		t.Errorf("second holder: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := process.OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}
