package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	section  = regexp.MustCompile(`(?m)^## `)
	listing  = regexp.MustCompile("(?ms)^```(?:go|sql|yaml)\n(.*?)^```$")
	named    = regexp.MustCompile("`((?:api|config|docs|hack|internal|test)/[\\w./-]+)`")
	testName = regexp.MustCompile("`(Test\\w+)`")
)

// Given a page that leads through a change which was made, then each of its listings stands, word for word, in a file that its section
// names: a page that nobody keeps up teaches what is no longer so.
func TestAddingAField_Listings_StandInTheFilesThatAreNamed(t *testing.T) {
	page, listings := content(t, "docs/adding-a-field.md"), 0
	for _, part := range section.Split(page, -1) {
		for _, found := range listing.FindAllStringSubmatch(part, -1) {
			listings++
			if !standsIn(t, found[1], named.FindAllStringSubmatch(part, -1)) {
				t.Errorf("in no file that is named in its section:\n%s", found[1])
			}
		}
	}
	if listings < 6 {
		t.Errorf("only %d listings were found", listings)
	}
}

func TestAddingAField_Tests_AreThere(t *testing.T) {
	for _, found := range testName.FindAllStringSubmatch(content(t, "docs/adding-a-field.md"), -1) {
		if !strings.Contains(code(t), "func "+found[1]+"(") {
			t.Errorf("there is no test %s", found[1])
		}
	}
}

// standsIn reports whether the lines stand together in one of the files, or of the files of a folder.
func standsIn(t *testing.T, lines string, paths [][]string) bool {
	t.Helper()
	for _, path := range paths {
		files := []string{filepath.Join(root, path[1])}
		if info, err := os.Stat(files[0]); err == nil && info.IsDir() {
			files, _ = filepath.Glob(files[0] + "/*.*")
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), lines) {
				return true
			}
		}
	}
	return false
}
