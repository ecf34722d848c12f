package portal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/account-operator/account-operator/internal/portal"
)

// seen is an answer as a visitor gets it.
type seen struct {
	status int
	header http.Header
	body   string
	path   string // where redirects led to
}

// shows wants an answer of this status with this heading.
func (s seen) shows(t testing.TB, status int, heading string) seen {
	t.Helper()
	heading = portal.In(s.language(t), heading)
	if got := s.heading(t); s.status != status || got != heading {
		t.Fatalf("got %d %q, wanted %d %q", s.status, got, status, heading)
	}
	return s
}

// language is the one that the page says it is in.
func (s seen) language(t testing.TB) string {
	t.Helper()
	return attribute(elements(s.parse(t), "html")[0], "lang")
}

func (s seen) says(t testing.TB, text string) seen {
	t.Helper()
	if !strings.Contains(visible(s.parse(t)), text) {
		t.Errorf("%q is not on the page", text)
	}
	return s
}

func (s seen) heading(t testing.TB) string {
	t.Helper()
	for _, h := range elements(s.parse(t), "h1") {
		return visible(h)
	}
	return ""
}

func (s seen) parse(t testing.TB) *html.Node {
	t.Helper()
	page, err := html.Parse(strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// field is what a form would send for a name.
func (s seen) field(t testing.TB, name string) string {
	t.Helper()
	for _, input := range elements(s.parse(t), "input") {
		if attribute(input, "name") == name {
			return attribute(input, "value")
		}
	}
	t.Fatalf("there is no field %s", name)
	return ""
}

func elements(root *html.Node, names ...string) (found []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, n.Data)) {
			found = append(found, n)
		}
	}
	return found
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func visible(root *html.Node) string {
	var text strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}
