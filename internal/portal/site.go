package portal

import (
	"cmp"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/password"
)

// site is what all pages share.
type site struct {
	Name       string // whose pages they are, or the host that a visitor sees in the address bar
	Base       string // path before that of each page
	Stylesheet string // path
	SignsIn    bool   // account holders may sign in
	Passwords  bool   // by a password, too
	Provider   string // at which they sign in, as the button calls it; empty: there is none
	mark       mark
	cookies    cookies
	tongues    tongues
	pages      map[string]map[string]*template.Template // by language and name
}

// mark is the picture beside the name.
type mark struct {
	asset
	MediaType     string
	Width, Height int // as shown
}

// Mark is the picture as a template sees it.
func (s site) Mark() mark { return s.mark }

// Path is where it is, below the site's own.
func (m mark) Path() string { return m.path }

// The height of the picture, and how wide one may be beside a name on a narrow screen.
const (
	markHeight   = 28
	maxMarkWidth = 140
)

func markOf(logo *brand.Logo) mark {
	if logo == nil {
		return mark{icon, "image/svg+xml", markHeight, markHeight}
	}
	return mark{assetOf("logo."+logo.Format, logo.Content), logo.MediaType(), logo.WidthAt(markHeight, maxMarkWidth), markHeight}
}

// view is what a template sees.
type view struct {
	site
	page
	Beside []tongue // languages to choose from
	At     string   // where one comes back to after that; empty, none is chosen there
}

// MinCharacters is what a page says before it is broken.
func (view) MinCharacters() int { return password.MinCharacters }

func newSite(host, base string, shown brand.Brand, jar cookies) site {
	s := site{
		Name: cmp.Or(shown.Name, host), Base: base, Stylesheet: base + stylesheet.path, mark: markOf(shown.Logo),
		cookies: jar, tongues: newTongues(), pages: map[string]map[string]*template.Template{},
	}
	for _, each := range s.tongues.all {
		s.pages[each.Tag] = templates(each)
	}
	return s
}

// templates are the pages in a language, by name.
func templates(in tongue) map[string]*template.Template {
	all := map[string]*template.Template{}
	layout := template.Must(template.New("layout.html").Funcs(in.functions()).ParseFS(files, "pages/layout.html", "pages/parts.html"))
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		panic(err) // the pattern is ours
	}
	for _, name := range names {
		all[strings.TrimSuffix(path.Base(name), ".html")] = template.Must(template.Must(layout.Clone()).ParseFS(files, name))
	}
	return all
}
