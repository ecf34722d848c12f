package config_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/manual"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// What the documents show must be taken by a real API server as it stands.
func TestDocuments_EachExample_IsAccepted(t *testing.T) {
	eventually(t, "the kinds are served and their admission policies know them", func(ctx context.Context) bool {
		_, err := kubectl(ctx, "", "create", "--dry-run=server", "-k", "samples")
		return err == nil
	})
	examples := 0
	for _, page := range manual.All(t, "..") {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range yamlBlock.FindAllStringSubmatch(string(content), -1) {
			if !strings.HasPrefix(block[1], "apiVersion:") || isForeign(block[1]) {
				continue
			}
			examples++
			if out, err := kubectl(t.Context(), block[1], "create", "--dry-run=server", "-f", "-"); err != nil {
				t.Errorf("%s: %v\n%s\n%s", page, err, out, block[1])
			}
		}
	}
	if examples < 25 {
		t.Errorf("only %d examples were found", examples)
	}
}

// isForeign reports whether an example is of an operator's that is not installed here.
func isForeign(example string) bool {
	return strings.HasPrefix(example, "apiVersion: external-secrets.io/")
}
