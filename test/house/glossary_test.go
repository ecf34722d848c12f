package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// entry is a row of the glossary: word, meaning, file.
var entry = regexp.MustCompile("(?m)^\\| ([a-z -]+) \\| (.+) \\| `([^`]+)` \\|$")

// Given the glossary for contributors, when a reader follows an entry to its file, then the file is there and speaks of the word.
func TestGlossary_EachWord_IsInTheFileThatItNames(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "\n### Words that are ours\n")
	if !found {
		t.Fatal("CONTRIBUTING.md has no glossary")
	}
	glossary, _, _ := strings.Cut(after, "\n## ")
	entries := entry.FindAllStringSubmatch(glossary, -1)
	if rows := strings.Count(glossary, "\n| ") - 2; len(entries) != rows || rows < 12 { // less the head and the rule below it
		t.Errorf("%d of %d rows are entries", len(entries), rows)
	}
	var words []string
	for _, e := range entries {
		word, file := e[1], e[3]
		if slices.Contains(words, word) {
			t.Errorf("%q is there twice", word)
		}
		words = append(words, word)
		code, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Error(err)
			continue
		}
		if !regexp.MustCompile("(?i)" + word).Match(code) {
			t.Errorf("%s says nothing of %q", file, word)
		}
	}
}
