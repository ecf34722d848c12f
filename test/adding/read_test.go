package adding

import (
	"os"
	"path/filepath"
	"testing"
)

const example = "Its name. `a/kinds.go`:\n\n```diff\n var kinds = []string{\n+\t\"Key\",\n }\n@@\n-const n = 1\n+const n = 2\n```\n\n" +
	"A file. `b/key.go`:\n\n```go\npackage b\n```\n\n```console\nmake generate\ngo test ./b\n```\n"

// Given a page with a change, a file and commands, when its steps are done and taken back, then each is what the page says, and in the end
// nothing is left of it.
func TestSteps_DoneAndUndone_LeaveWhatWasThere(t *testing.T) {
	const before = "package a\n\nvar kinds = []string{\n}\n\nconst n = 1\n"
	folder := t.TempDir()
	kinds, key := filepath.Join(folder, "a", "kinds.go"), filepath.Join(folder, "b", "key.go")
	must(t, os.Mkdir(filepath.Dir(kinds), 0o750))
	must(t, os.WriteFile(kinds, []byte(before), 0o600))
	steps, err := read(example)
	must(t, err)
	if len(steps) != 3 || len(steps[2].commands) != 2 || steps[0].added() != 2 || steps[1].added() != 1 {
		t.Fatalf("%+v", steps)
	}

	must(t, steps[0].do(folder))
	must(t, steps[1].do(folder))
	if got := content(t, kinds); got != "package a\n\nvar kinds = []string{\n\t\"Key\",\n}\n\nconst n = 2\n" {
		t.Errorf("it was changed to\n%s", got)
	}
	if got := content(t, key); got != "package b\n" {
		t.Errorf("the file has\n%s", got)
	}

	must(t, steps[1].undo(folder))
	must(t, steps[0].undo(folder))
	if got := content(t, kinds); got != before {
		t.Errorf("it was changed back to\n%s", got)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("the file is there")
	}
}

// Given a page that is not any more what the code is, when its steps are done or taken back, then that is said.
func TestSteps_OfAnotherCode_AreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		there string
		step  step
		undo  bool
	}{
		"a place that is not there": {"package a\n", step{path: "a.go", hunks: hunks(" var a\n+var b\n")}, false},
		"a place that stands twice": {"var a\nvar a\n", step{path: "a.go", hunks: hunks(" var a\n+var b\n")}, false},
		"the end of another line":   {"// var a\n", step{path: "a.go", hunks: hunks(" var a\n+var b\n")}, false},
		"a file that is there":      {"package a\n", step{path: "a.go", whole: "package a\n"}, false},
		"a file with more in it":    {"package a\n\nvar a int\n", step{path: "a.go", whole: "package a\n"}, true},
	} {
		folder := t.TempDir()
		must(t, os.WriteFile(filepath.Join(folder, "a.go"), []byte(c.there), 0o600))
		try := c.step.do
		if c.undo {
			try = c.step.undo
		}
		if try(folder) == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	if _, err := read("```go\npackage a\n```\n"); err == nil {
		t.Error("a listing without a file was taken")
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return string(text)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
