package portal

import (
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// page is what a visitor sees. The exported fields are the templates'.
type page struct {
	name       string // of the template
	status     int
	retryAfter time.Duration
	redirect   string // where to go on, in place of a page: a path of the site
	elsewhere  string // the same: an address of another site, which is no visitor's choice
	cookies    []*http.Cookie
	Title      any    // a text: English, or a phrase
	Theme      string // "Dark", "Light" or "System", which "" means too
	Text       []any  // paragraphs
	Form       form
	Member     string // the address of who is signed in
	Wide       bool   // it has more than one form
	Begins     bool   // it is for who was led there by nothing
	Back       string // the page that led here
	BackTitle  any    // its title; empty: that of the settings
	Parts      []part // of the page of settings
	Data       any    // what only its own template knows
}

// part is a section as the page shows it.
type part struct {
	ID    string
	Title any
	Body  template.HTML
}

// form is what a page with a form shows and sends back.
type form struct {
	Purpose  store.LinkPurpose
	Token    store.Secret
	Address  string
	Problems []problem
}

// problem is a sentence about one field.
type problem struct {
	Field string
	Text  any
}

// On returns what is wrong with a field, or nil.
func (f form) On(field string) any {
	for _, p := range f.Problems {
		if p.Field == field {
			return p.Text
		}
	}
	return nil
}

// Class is the theme as the stylesheet calls it.
func (p page) Class() string {
	switch p.Theme {
	case "Dark", "Light":
		return strings.ToLower(p.Theme)
	default:
		return "system"
	}
}

func message(status int, title any, text ...any) page {
	return page{name: "message", status: status, Title: title, Text: text}
}

// below is a page of a member that the page of settings leads to.
func below(name string, title, data any, problems ...problem) page {
	shown := page{name: name, status: http.StatusOK, Title: title, Wide: true, Back: settingsPath, Data: data, Form: form{Problems: problems}}
	if len(problems) > 0 {
		shown.status = http.StatusUnprocessableEntity
	}
	return shown
}

// redirect leads on by GET, so that reloading sends no form again.
func redirect(path string) page { return page{status: http.StatusSeeOther, redirect: path} }

func nothingHere(*http.Request) (page, error) {
	return message(http.StatusNotFound, "There is nothing here", "Open the link of your mail again. If it is long, make sure that all of it was copied."), nil
}

func later() page {
	shown := message(http.StatusServiceUnavailable, "Please try again in a moment",
		"This page cannot do its work right now. Nothing was changed.", "Reload it in a few seconds. Your link stays as it is.")
	shown.retryAfter = 5 * time.Second
	return shown
}

func tooMany(wait time.Duration) page {
	shown := message(http.StatusTooManyRequests, "Too many requests",
		"Many links were asked for from where you are.", "Wait a few minutes, then try again. Links that you have stay as they are.")
	shown.retryAfter = wait
	return shown
}

func tooFast(wait time.Duration) page {
	shown := message(http.StatusTooManyRequests, "Too many requests",
		"Many pages were opened from where you are.", "Reload this one in a few seconds. Links that you have stay as they are.")
	shown.retryAfter = wait
	return shown
}

// usualPurpose serves everybody: choosing a password confirms the address as well. Who pressed the button for that twice
// and so sees that his link was used needs no other.
const usualPurpose = store.LinkChoosePassword

// expired is the one page for every token that does not work.
func expired(status int, f form) page {
	if f.Purpose == "" {
		f.Purpose = usualPurpose
	}
	return page{name: "expired", status: status, Title: "This link has expired or was used", Text: []any{"Ask for a new one. It comes by mail."}, Form: f}
}
