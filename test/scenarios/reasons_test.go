package scenarios

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/words"
)

// The list of reasons has none that no code gives: each is the controllers', that of sources, or a provider's answer.
func TestReasons_Each_IsGivenBySomeCode(t *testing.T) {
	given := names(t, "../../internal/probe/verdict.go", `(?m)^\s(\w+) +Outcome = "`)
	folders := []string{"../../internal/source"}
	err := filepath.WalkDir("../../internal/controller", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			folders = append(folders, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		selected, err := words.Selected(folder, "v1alpha1", "Reason")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range selected {
			given = append(given, strings.TrimPrefix(name, "Reason"))
		}
	}
	for _, reason := range names(t, "../../api/v1alpha1/conditions.go", `(?m)^\sReason(\w+) Reason = "`) {
		if !slices.Contains(given, reason) {
			t.Errorf("nothing gives the reason %s", reason)
		}
	}
}

// names are what an expression finds in a file of the code.
func names(t *testing.T, file, expression string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(expression).FindAllStringSubmatch(string(text), -1) {
		all = append(all, found[1])
	}
	if len(all) == 0 {
		t.Fatalf("%s has nothing like %s", file, expression)
	}
	return all
}
