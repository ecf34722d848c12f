// Package mutants holds the bugs that make mutants plants.
package mutants

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Whether their tests find them takes many minutes; that a bug can still be planted is known at once.
func TestEachBugCanBePlanted(t *testing.T) {
	patches, err := filepath.Glob("*.patch")
	if err != nil || len(patches) < 10 {
		t.Fatalf("%d patches: %v", len(patches), err)
	}
	for _, patch := range patches {
		t.Run(patch, func(t *testing.T) {
			check := exec.CommandContext(t.Context(), "git", "apply", "--check", "-C1", "test/mutants/"+patch)
			check.Dir = filepath.Join("..", "..")
			if out, err := check.CombinedOutput(); err != nil {
				t.Errorf("make it anew, as run.sh says: %v\n%s", err, out)
			}
		})
	}
}
