package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if calledAsGo() { // by the gremlins of these tests
		fail(runGo(os.Args[1:]))
	}
	goleak.VerifyTestMain(m)
}

// sample is a module whose package has three mutants: ">" as "<=", which its test finds, ">" as ">=", which it does not, and
// "+" as "-", which is no program. The test of the package below would let nothing run.
var sample = map[string]string{
	"go.mod": "module example.com/sample\n\ngo 1.26.0\n",
	"pure/pure.go": `package pure

func Larger(a, b int) bool { return a > b }

func Greet(name string) string { return "hello " + name }
`,
	"pure/pure_test.go": `package pure

import "testing"

func TestBoth(t *testing.T) {
	if !Larger(2, 1) || Larger(1, 2) || Greet("x") != "hello x" {
		t.Error("wrong")
	}
}
`,
	"pure/below/below.go": "package below\n",
	"pure/below/below_test.go": `package below

import "testing"

func TestBelow(t *testing.T) { t.Fatal("it was run") }
`,
}

func TestReport_EachMutant_IsCounted(t *testing.T) {
	module, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	program, err := build(t.Context(), module)
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(module, "test", "mutation", "gremlins.yaml")

	got, err := tester{root: written(t, sample), gremlins: program, settings: settings}.mutate(t.Context(), "pure")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"KILLED": 1, "LIVED": 1, "NOT VIABLE": 1}
	if diff := cmp.Diff(want, got.mutants); diff != "" || got.efficacy != 50 {
		t.Errorf("an efficacy of %v, and mutants (-want +got):\n%s", got.efficacy, diff)
	}
}

// written is a folder with the files, and git for it.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for path, text := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "git", "init", "--quiet", root).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return root
}

func TestTable_EachPackage_SaysWhatBecameOfItsMutants(t *testing.T) {
	text := table([]result{
		{"internal/a", 100, map[string]int{"KILLED": 7, "NOT COVERED": 2, "TIMED OUT": 1}},
		{"internal/b", 90.9090, map[string]int{"KILLED": 10, "LIVED": 1, "NOT VIABLE": 3}},
	})
	want := []string{
		"package killed lived not covered timed out not viable efficacy",
		"internal/a 7 0 2 1 0 100.00 %",
		"internal/b 10 1 0 0 3 90.91 %",
	}
	var got []string
	for line := range strings.Lines(text) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBound_FoundTooFew_Fails(t *testing.T) {
	if err := judge([]result{{pkg: "internal/a", efficacy: 90}, {pkg: "internal/b", efficacy: 100}}); err != nil {
		t.Errorf("enough, and yet: %v", err)
	}
	err := judge([]result{{pkg: "internal/a", efficacy: 100}, {pkg: "internal/b", efficacy: 89.99}, {pkg: "internal/c"}})
	if err == nil || strings.Contains(err.Error(), "internal/a") ||
		!strings.Contains(err.Error(), "internal/b: its tests found 89.99 %") || !strings.Contains(err.Error(), "internal/c") {
		t.Errorf("got %v", err)
	}
}

func TestPackages_Named_Exist(t *testing.T) {
	for _, pkg := range pure {
		tests, err := filepath.Glob(filepath.Join("..", "..", pkg, "*_test.go"))
		if err != nil || len(tests) == 0 {
			t.Errorf("%s has no tests: %v", pkg, err)
		}
	}
}
