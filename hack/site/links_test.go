package site_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// document is a page as it was built: what it links to, what it loads, and the anchors that it has.
type document struct {
	links, loads []string
	anchors      map[string]bool
}

// linksLeadSomewhere looks at what the generator does not: anchors, files of the repository, and whether anything is loaded
// from elsewhere.
func linksLeadSomewhere(t *testing.T, folder string, pages map[string]string) {
	documents, away := map[string]document{}, 0
	for path := range pages {
		documents[path] = read(t, inFolder(folder, path))
	}
	for path, d := range documents {
		for _, address := range d.loads {
			if !isThere(folder, address) {
				t.Errorf("%s loads %.200s, which is not on the site", path, address)
			}
		}
		for _, link := range d.links {
			if file, is := strings.CutPrefix(link, repository+"/"); is {
				away++
				file, _, _ = strings.Cut(file, "#")
				if _, err := os.Stat(filepath.Join(root, file)); err != nil {
					t.Errorf("%s leads to a file that is not in the repository: %v", path, err)
				}
				continue
			}
			if !leads(t, documents, path, link) {
				t.Errorf("%s has a link to %s, where nothing is", path, link)
			}
		}
	}
	if away < 10 {
		t.Errorf("only %d links lead to the repository", away)
	}
}

// isThere reports whether a page gets what it loads: from the site, or out of itself.
func isThere(folder, address string) bool {
	_, err := os.Stat(inFolder(folder, address))
	return err == nil || strings.HasPrefix(address, "data:")
}

// leads reports whether a link of a page has an end. Other people's hosts are not asked.
func leads(t *testing.T, documents map[string]document, from, link string) bool {
	t.Helper()
	base, err := url.Parse("http://site" + from)
	if err != nil {
		t.Fatal(err)
	}
	target, err := base.Parse(link)
	if err != nil {
		return false
	}
	if target.Host != base.Host {
		return target.Scheme == "https" || target.Scheme == "mailto"
	}
	page, found := documents[target.Path]
	return found && (target.Fragment == "" || page.anchors[target.Fragment])
}

func read(t *testing.T, file string) document {
	t.Helper()
	content, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = content.Close() }()
	tree, err := html.Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	d := document{anchors: map[string]bool{}}
	for n := range tree.Descendants() {
		for _, a := range n.Attr {
			d.note(n.Data, a.Key, a.Val)
		}
	}
	return d
}

func (d *document) note(element, attribute, value string) {
	switch {
	case value == "data:,": // no icon
	case attribute == "id":
		d.anchors[value] = true
	case attribute == "href" && element == "a":
		d.links = append(d.links, value)
	case attribute == "href" || attribute == "src":
		d.loads = append(d.loads, value)
	}
}
