package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// What the documents show must be taken by a real API server as it stands.
func TestEveryExampleOfTheDocumentsIsTaken(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	mustKubectl(t, "", "wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
	examples := 0
	for _, page := range append(pages, "../README.md") {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range yamlBlock.FindAllStringSubmatch(string(content), -1) {
			if !strings.HasPrefix(block[1], "apiVersion:") {
				continue
			}
			examples++
			if out, err := kubectl(t.Context(), block[1], "create", "--dry-run=server", "-f", "-"); err != nil {
				t.Errorf("%s: %v\n%s\n%s", page, err, out, block[1])
			}
		}
	}
	if examples < 5 {
		t.Errorf("only %d examples were found", examples)
	}
}
