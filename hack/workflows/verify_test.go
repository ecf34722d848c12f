package workflows

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func text(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile("../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// Given what is promised to users and what a pull request is tried with, then the oldest PostgreSQL of the one is in the other, and
// everything that a push has to pass is run.
func TestVerifyWorkflow_RunsWhatIsPromised(t *testing.T) {
	verify := text(t, ".github/workflows/verify.yml")
	if !strings.Contains(verify, "run: .ci/run\n") {
		t.Error("a pull request does not run .ci/run")
	}
	oldest := regexp.MustCompile(`\n\| PostgreSQL \| (\d+) \|`).FindStringSubmatch(text(t, "docs/versions.md"))
	majors := regexp.MustCompile(`major: \[(\d+), `).FindStringSubmatch(verify)
	if oldest == nil || majors == nil || oldest[1] != majors[1] {
		t.Errorf("promised from %q, tried from %q", oldest, majors)
	}
}

// Given the files that GitHub and others read, then they can be read.
func TestRepositoryFiles_AreWellFormed(t *testing.T) {
	for _, path := range []string{
		".github/workflows/verify.yml", ".github/ISSUE_TEMPLATE/bug.yml", ".github/ISSUE_TEMPLATE/feature.yml", ".github/ISSUE_TEMPLATE/config.yml",
	} {
		var read map[string]any
		if err := yaml.Unmarshal([]byte(text(t, path)), &read); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"renovate.json", ".devcontainer/devcontainer.json"} {
		if !json.Valid([]byte(text(t, path))) {
			t.Errorf("%s is no JSON", path)
		}
	}
}
