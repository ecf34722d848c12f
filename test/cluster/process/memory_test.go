package process_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// Given a place for temporary files that was chosen, then also what need not outlast the machine is there.
func TestVolatileFolder_PlaceIsChosen_IsThere(t *testing.T) {
	chosen := t.TempDir()
	t.Setenv("TMPDIR", chosen)
	closed(t, chosen)
}

// Given no such choice, then it is in memory or where other temporary files are, and Close removes it.
func TestVolatileFolder_NoChoice_InMemoryOrWhereOthersAre(t *testing.T) {
	t.Setenv("TMPDIR", "")
	closed(t, "/dev/shm", "/tmp")
}

// closed makes a folder, which has to be in one of the places, and closes it.
func closed(t *testing.T, places ...string) {
	t.Helper()
	f, err := process.VolatileFolder(prefix)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(places, filepath.Dir(f.Path)) {
		t.Errorf("it is %s", f.Path)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(f.Path); !os.IsNotExist(err) {
		t.Errorf("%s: %v, want it gone", f.Path, err)
	}
}
