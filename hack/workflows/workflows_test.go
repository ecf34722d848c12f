// Package workflows holds the workflows of .github to what a reader of them should not have to look for.
package workflows

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

type workflow struct {
	Permissions map[string]string `json:"permissions"`
	Jobs        map[string]job    `json:"jobs"`
}

type job struct {
	Permissions map[string]string `json:"permissions"`
	Needs       any               `json:"needs"`
	Steps       []step            `json:"steps"`
}

type step struct {
	Name string `json:"name"`
	Uses string `json:"uses"`
	Run  string `json:"run"`
}

var (
	// pinned is an action by its commit; what has a tag can be changed by whoever has the action.
	pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	// foreign is what runs code of many others, or of whoever wrote the commit.
	foreign = regexp.MustCompile(`\bmake\b|\.ci/run|\bnpm\b|git (fetch|checkout|clone)|docker (buildx )?build\b|\bgo (test|build)\b`)
)

// load reads each workflow. A test of what a file says is no test of GitHub; nothing here was run there.
func load(t *testing.T) map[string]workflow {
	t.Helper()
	files, err := filepath.Glob("../../.github/workflows/*.y*ml")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no workflows (%v)", err)
	}
	all := map[string]workflow{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(file)] = w
	}
	return all
}

// Given the workflows, when a job may write anything, then it runs nothing that builds or tests: a dependency of either would have
// that right, too.
func TestWorkflows_JobsThatMayWrite_BuildAndTestNothing(t *testing.T) {
	writers := 0
	for file, w := range load(t) {
		for what, right := range w.Permissions {
			if right == "write" {
				t.Errorf("%s gives every job the right to write %s", file, what)
			}
		}
		for name, j := range w.Jobs {
			if !mayWrite(j) {
				continue
			}
			writers++
			for _, s := range j.Steps {
				if found := foreign.FindString(s.Run); found != "" {
					t.Errorf("%s: the job %s may write, and runs %q in the step %q", file, name, found, s.Name)
				}
			}
		}
	}
	if writers == 0 {
		t.Error("no job may write anything, so nothing is released")
	}
}

func mayWrite(j job) bool {
	for _, right := range j.Permissions {
		if right == "write" {
			return true
		}
	}
	return false
}

// Given the release workflow, when its jobs are compared, then no job has all rights of a release, and each that writes waits, at
// last, for the tests.
func TestReleaseWorkflow_Rights_SplitAmongJobsThatWaitForTheTests(t *testing.T) {
	release := load(t)["release.yml"]
	for name, j := range release.Jobs {
		if j.Permissions == nil {
			t.Errorf("%s does not say what it may", name)
		}
		if j.Permissions["contents"] == "write" && (j.Permissions["packages"] == "write" || j.Permissions["id-token"] == "write") {
			t.Errorf("%s may write the release and what else it is made of", name)
		}
		if mayWrite(j) && !waitsFor(release, name, "test") {
			t.Errorf("%s does not wait for the tests", name)
		}
	}
}

func waitsFor(w workflow, name, what string) bool {
	for _, need := range needs(w.Jobs[name]) {
		if need == what || waitsFor(w, need, what) {
			return true
		}
	}
	return false
}

func needs(j job) (all []string) {
	switch n := j.Needs.(type) {
	case string:
		return []string{n}
	case []any:
		for _, one := range n {
			all = append(all, one.(string))
		}
	}
	return all
}

// Given the workflows, when they use an action of others, then by its commit; and what they push and sign they name by its digest.
func TestWorkflows_WhatIsUsedAndSigned_NamedByItsHash(t *testing.T) {
	for file, w := range load(t) {
		for name, j := range w.Jobs {
			for _, s := range j.Steps {
				if s.Uses != "" && !strings.HasPrefix(s.Uses, "./") && !pinned.MatchString(s.Uses) {
					t.Errorf("%s: the job %s uses %s, which is not pinned by a commit", file, name, s.Uses)
				}
				if strings.Contains(s.Run, "cosign sign ") && !strings.Contains(s.Run, "@${DIGEST}") {
					t.Errorf("%s: the job %s signs an image by something else than its digest", file, name)
				}
			}
		}
	}
}
