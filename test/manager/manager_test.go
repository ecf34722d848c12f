package manager_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/manager"
)

// Given tests that collect garbage late, when a manager is started whose memory is limited, then it collects as in production.
func TestStart_MemoryIsLimited_CollectsGarbageAsInProduction(t *testing.T) {
	t.Setenv("GOGC", "400")
	if printed := environment(t, nil); !strings.Contains(printed, "GOGC=400\n") {
		t.Errorf("without a limit:\n%s", printed)
	}
	limited, err := manager.NewControlGroup(64 << 20)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := limited.Close(); err != nil {
			t.Error(err)
		}
	})
	if printed := environment(t, limited); printed == "" || strings.Contains(printed, "GOGC") {
		t.Errorf("with a limit:\n%s", printed)
	}
}

// environment is what a program is given that is started as a manager.
func environment(t *testing.T, within *manager.ControlGroup) string {
	t.Helper()
	program := manager.Binary{Path: filepath.Join(t.TempDir(), "program")}
	if err := os.WriteFile(program.Path, []byte("#!/bin/sh\nenv\n"), 0o700); err != nil { //nolint:gosec // it has to run
		t.Fatal(err)
	}
	group, err := process.NewGroup()
	if err != nil {
		t.Fatal(err)
	}
	m, err := program.Start(group, manager.Options{Log: filepath.Join(t.TempDir(), "log"), Within: within})
	if err != nil {
		t.Fatal(err)
	}
	_ = await.Value(t, m.Done())
	if err := group.Close(); err != nil {
		t.Error(err)
	}
	printed, err := m.Printed()
	if err != nil {
		t.Fatal(err)
	}
	return printed
}
