package house_test

import (
	"os"
	"regexp"
	"testing"
)

// TestLinter_RulesOfFolders_HoldForTheirOwnFiles: the pattern looks right, and matches nothing of the folder that it names.
func TestLinter_RulesOfFolders_HoldForTheirOwnFiles(t *testing.T) {
	text, err := os.ReadFile("../../.golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range regexp.MustCompile(`"[^"]*/\*\*/\*\.go"`).FindAllString(string(text), -1) {
		t.Errorf("%s leaves out the folder's own files; write /**.go", pattern)
	}
	if n := len(regexp.MustCompile(`"\*\*/[^"]*/\*\*\.go"`).FindAll(text, -1)); n < 10 {
		t.Errorf("there are %d rules of folders", n)
	}
}
