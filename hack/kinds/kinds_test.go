package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestManifests_AreWhatTheKindsAsk(t *testing.T) {
	files, err := made()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 7 {
		t.Errorf("only %d files are made", len(files))
	}
	for path, want := range files {
		got, err := os.ReadFile(filepath.Join("../..", path))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not what the kinds ask for; run make generate (-want +got):\n%s", path, diff)
		}
	}
}
