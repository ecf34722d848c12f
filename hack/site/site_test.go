// Package site_test builds the documentation's site and reads it as its readers do.
package site_test

import (
	"context"
	"flag"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/browser"
)

var screenshots = flag.String("screenshots", "", "folder that gets a picture of every page")

// repository is where files of the repository that are not on the site are shown.
const (
	root       = "../.."
	repository = "https://git.example.com/tree"
)

func TestTheSite(t *testing.T) {
	folder, pages := built(t), pages(t)
	t.Run("has every page, and no link that leads nowhere", func(t *testing.T) { linksLeadSomewhere(t, folder, pages) })
	t.Run("is read in a browser", func(t *testing.T) { isRead(t, folder, pages) })
}

// built is the folder with the site.
func built(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("node_modules/vitepress"); err != nil {
		t.Skip("nothing to build the site with; next step: hack/install-node.sh hack/site")
	}
	folder := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	build := exec.CommandContext(ctx, "node", "node_modules/vitepress/bin/vitepress.js", "build", "--outDir", folder)
	build.Env = append(os.Environ(), "SITE_SOURCE="+repository, "SITE_BASE=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return folder
}

// pages are those of docs/ by their path on the site, with their headings.
func pages(t *testing.T) map[string]string {
	t.Helper()
	docs, all := os.DirFS(root+"/docs"), map[string]string{}
	err := fs.WalkDir(docs, ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".md") {
			return err
		}
		text, err := fs.ReadFile(docs, file)
		heading, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		path, folder := strings.CutSuffix("/"+file, "README.md")
		if !folder {
			path = strings.TrimSuffix(path, ".md") + ".html"
		}
		all[path] = strings.ReplaceAll(heading, "`", "")
		return err
	})
	if err != nil || len(all) < 30 {
		t.Fatalf("%d pages: %v", len(all), err)
	}
	return all
}

// look is what the browser saw of a page.
type look struct {
	Path        string
	Heading     string
	Overflows   bool     // on a phone one has to scroll sideways
	Complaints  []string // of the browser, and requests to other hosts
	Violations  []string // of accessibility, in light and dark
	Backgrounds []string // of both
}

// sight is all that it saw.
type sight struct {
	Pages    []look
	Searches []struct {
		Typed, Path, Anchor string
	}
	Complaints []string // while something was searched
}

// searches are what a reader types, and where the first thing that is found leads.
var searches = map[string]string{
	"NameConflict":      "/troubleshooting.html#nameconflict",
	"--recovery-window": "/flags.html#flags",
	"batch paste":       "/env-vars.html#batch-paste",
}

// judged are pages that together have everything that a page can have.
var judged = []string{"/", "/accounts.html", "/install.html", "/troubleshooting.html", "/flags.html"}

func isRead(t *testing.T, folder string, pages map[string]string) {
	b := browser.OrSkip(t, "../browser")
	server := httptest.NewServer(http.FileServer(http.Dir(folder)))
	t.Cleanup(server.Close)
	asked := map[string]any{
		"origin": server.URL, "screenshots": browser.Folder(t, *screenshots),
		"pages": sorted(pages), "judged": judged, "searches": sorted(searches),
	}
	var seen sight
	b.Run(t, "site.mjs", asked, &seen)

	for _, p := range seen.Pages {
		isFine(t, p, pages[p.Path])
	}
	for _, s := range seen.Searches {
		if found := s.Path + s.Anchor; found != searches[s.Typed] {
			t.Errorf("%q leads to %s, wanted %s", s.Typed, found, searches[s.Typed])
		}
	}
	if len(seen.Pages) != len(pages) || len(seen.Searches) != len(searches) || len(seen.Complaints) > 0 {
		t.Errorf("%d pages and %d searches; complaints %q", len(seen.Pages), len(seen.Searches), seen.Complaints)
	}
}

func isFine(t *testing.T, p look, heading string) {
	t.Helper()
	if p.Heading != heading {
		t.Errorf("%s has the heading %q, in docs/ it is %q", p.Path, p.Heading, heading)
	}
	if len(p.Complaints)+len(p.Violations) > 0 || p.Overflows {
		t.Errorf("%s: complaints %q, violations %q, scrolls sideways %t", p.Path, p.Complaints, p.Violations, p.Overflows)
	}
	if slices.Contains(judged, p.Path) && (len(p.Backgrounds) != 2 || p.Backgrounds[0] == p.Backgrounds[1]) {
		t.Errorf("%s is as bright in the dark: %v", p.Path, p.Backgrounds)
	}
}

func sorted(of map[string]string) []string {
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// inFolder is the file that a path of the site is.
func inFolder(folder, path string) string {
	if strings.HasSuffix(path, "/") {
		path += "index.html"
	}
	return filepath.Join(folder, filepath.FromSlash(path))
}
