package portal

import (
	"embed"
	"html/template"

	"github.com/account-operator/account-operator/internal/password"
)

//go:embed pages
var files embed.FS

// site is what all pages share.
type site struct {
	Host             string // that a visitor sees in the address bar
	Base             string // path before that of each page
	Stylesheet, Icon string // paths
	pages            map[string]*template.Template
}

// view is what a template sees.
type view struct {
	site
	page
}

// MinCharacters is what a page says before it is broken.
func (view) MinCharacters() int { return password.MinCharacters }

func newSite(host, base string) site {
	s := site{Host: host, Base: base, Stylesheet: base + stylesheet.path, Icon: base + icon.path, pages: map[string]*template.Template{}}
	layout := template.Must(template.ParseFS(files, "pages/layout.html"))
	for _, name := range []string{"confirm", "password", "expired", "message"} {
		s.pages[name] = template.Must(template.Must(layout.Clone()).ParseFS(files, "pages/"+name+".html"))
	}
	return s
}
