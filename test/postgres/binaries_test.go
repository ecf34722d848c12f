package postgres

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// install makes a folder with programs that only print a version.
func install(t *testing.T, version string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"initdb", "postgres"} {
		script := fmt.Sprintf("#!/bin/sh\necho '%s'\n", version)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestBinaries_OldServer_IsNotTaken(t *testing.T) {
	newest := install(t, "postgres (PostgreSQL) 18.1 (Debian 18.1-1)")
	folders := []string{
		install(t, "postgres (PostgreSQL) 14.20"),
		newest,
		install(t, "a wrapper of somebody's"),
		install(t, "postgres (PostgreSQL) 15.18"),
		t.TempDir(),
	}
	found := serversIn(t.Context(), folders)
	if len(found) != 2 || found[0] != (binaries{folder: newest, major: 18}) || found[1].major != 15 {
		t.Errorf("found %+v", found)
	}
}

func TestWanted_OneMajorAskedFor_NoOther(t *testing.T) {
	t.Setenv(variable, "")
	if !wanted(15) || !wanted(18) {
		t.Error("without the variable, not every version is taken")
	}
	t.Setenv(variable, "15")
	if !wanted(15) || wanted(18) {
		t.Error("another version than the one asked for is taken")
	}
}

func TestBinaries_ServerMissing_NamesTheLineToType(t *testing.T) {
	if !strings.Contains(errMissing.Error(), "apt-get install -y postgresql") {
		t.Error(errMissing)
	}
}
