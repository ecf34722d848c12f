// Package mutants holds the bugs that make mutants plants.
package mutants

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	changedFile = regexp.MustCompile(`(?m)^\+\+\+ b/(.+)$`)
	namedTest   = regexp.MustCompile(`(?m)^test: (\./\S+) (\w+)`)
)

// Whether their tests find them takes many minutes; that a bug can still be planted, and that its test is there, is known at once.
func TestMutants_Each_CanBePlanted(t *testing.T) {
	patches, err := filepath.Glob("*.patch")
	if err != nil || len(patches) < 10 {
		t.Fatalf("%d patches: %v", len(patches), err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, patch := range patches {
		t.Run(strings.TrimSuffix(patch, ".patch"), func(t *testing.T) {
			text := read(t, patch)
			if test := namedTest.FindStringSubmatch(text); test == nil || !hasTest(t, filepath.Join(root, test[1]), test[2]) {
				t.Errorf("its test is not in its package: %q", test)
			}
			compile(t, root, text)
		})
	}
}

// hasTest reports whether a folder has the test.
func hasTest(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.Contains(read(t, file), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}

// compile applies a patch to a copy of the file that it changes, and compiles the package as if it had that one.
func compile(t *testing.T, root, patch string) {
	t.Helper()
	changed := changedFile.FindStringSubmatch(patch)
	if changed == nil {
		t.Fatal("it changes no file")
	}
	original, folder := filepath.Join(root, changed[1]), t.TempDir()
	planted := filepath.Join(folder, changed[1])
	write(t, planted, read(t, original))
	apply := exec.CommandContext(t.Context(), "git", "apply", "-C1")
	apply.Dir, apply.Stdin = folder, strings.NewReader(patch)
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("write it again, as run.sh says: %v\n%s", err, out)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: planted}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "overlay.json"), string(overlay))
	// Unlike go build, go list does not link a program.
	list := exec.CommandContext(t.Context(), "go", "list", "-export", "-overlay", filepath.Join(folder, "overlay.json"), "./"+filepath.Dir(changed[1]))
	list.Dir = root
	if out, err := list.CombinedOutput(); err != nil {
		t.Errorf("write it again, as run.sh says: %v\n%s", err, out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
