package manual

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// All are the paths of every page of the repository that is written for people; root is the way there.
func All(t testing.TB, root string) []string {
	t.Helper()
	pages, err := filepath.Glob(root + "/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"docs", "charts"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".md") {
				pages = append(pages, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(pages) < 30 {
		t.Fatalf("only %d pages were found", len(pages))
	}
	return pages
}
