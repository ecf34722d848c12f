package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/account-operator/account-operator/test/leaks"
	"github.com/account-operator/account-operator/test/manager"
)

// built is the folder with the programs manager, kubectl-account, account-env and sql.
var built string

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard())
	// A program with the race detector would wait for a second before it exits.
	err := os.Setenv("GORACE", "atexit_sleep_ms=0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute) // an empty build cache
	built, err = build(ctx)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(built); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if code == 0 {
		if err := leaks.Find(); err != nil {
			fmt.Fprintln(os.Stderr, "left over after the tests:", err)
			code = 1
		}
	}
	os.Exit(code)
}

func build(ctx context.Context) (string, error) {
	folder, err := os.MkdirTemp("", "demo-test")
	if err != nil {
		return "", err
	}
	args := append(append([]string{"build", manager.NoSymbols, "-o", folder}, manager.AsTested...), "../../cmd/manager", "../../cmd/kubectl-account", "../../cmd/account-env", "../sql")
	out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	return folder, nil
}

// newSite has the repository as it is, and keeps in a folder of the test what a run leaves.
func newSite(t *testing.T) site {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return site{root: root, bin: built, kept: t.TempDir()}
}
