package main

import (
	"bytes"
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// Given only what .dockerignore lets through, of that what the Dockerfile copies, then the manager builds: a container builder
// has the rules of patternmatcher, and is not needed to try them.
func TestDockerfile_WithItsContext_Builds(t *testing.T) {
	sent, copied := buildContext(t), t.TempDir()
	for line := range strings.Lines(string(read(t, "../../Dockerfile"))) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] != "COPY" || strings.HasPrefix(fields[1], "--") {
			continue
		}
		for _, source := range fields[1 : len(fields)-1] {
			copies(t, sent, source, filepath.Join(copied, fields[len(fields)-1]), strings.HasSuffix(line, "/\n"))
		}
	}
	goBuild(t, copied, filepath.Join(t.TempDir(), "manager"))
}

// copies is COPY of one source, to a path or into a folder.
func copies(t *testing.T, sent []string, source, to string, into bool) {
	t.Helper()
	if into {
		to = filepath.Join(to, filepath.Base(source))
	}
	found := 0
	for _, file := range sent {
		if within, ok := strings.CutPrefix(file, source); ok && (within == "" || within[0] == '/') {
			place(t, file, filepath.Join(to, within))
			found++
		}
	}
	if found == 0 {
		t.Errorf("COPY %s: .dockerignore leaves it out", source)
	}
}

func TestDockerignore_LeavesOutWhatTheProgramIsNotMadeOf(t *testing.T) {
	for _, file := range buildContext(t) {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, ".git") || strings.HasPrefix(file, "docs") {
			t.Errorf("%s is sent to the builder", file)
		}
	}
}

// unread are folders in which nothing is looked for: large ones that git does not keep.
var unread = map[string]error{".git": fs.SkipDir, "node_modules": fs.SkipDir, ".demo": fs.SkipDir}

// buildContext are the files that a container builder is sent, by their paths in the repository.
func buildContext(t *testing.T) (sent []string) {
	t.Helper()
	patterns, err := ignorefile.ReadAll(bytes.NewReader(read(t, "../../.dockerignore")))
	if err != nil {
		t.Fatal(err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(os.DirFS("../.."), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return cmp.Or(err, unread[entry.Name()])
		}
		if out, err := matcher.MatchesOrParentMatches(path); err != nil || out {
			return err
		}
		sent = append(sent, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

func place(t *testing.T, file, to string) {
	t.Helper()
	content := read(t, "../..", file)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
