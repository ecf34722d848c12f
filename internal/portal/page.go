package portal

import (
	"bytes"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
)

// page is what a visitor sees. The exported fields are the templates'.
type page struct {
	name       string // of the template
	status     int
	retryAfter time.Duration
	Title      string
	Theme      string   // "Dark", "Light" or "System", which "" means too
	Text       []string // paragraphs
	Form       form
}

// form is what a page with a form shows and sends back.
type form struct {
	Purpose  store.LinkPurpose
	Token    store.Secret
	Address  string
	Problems []problem
}

// problem is a sentence about one field.
type problem struct{ Field, Text string }

// On returns what is wrong with a field, or "".
func (f form) On(field string) string {
	for _, p := range f.Problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
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

// step answers one request. Its error becomes a page by explain.
type step func(r *http.Request) (page, error)

func (p *portal) page(take step) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown, err := p.answer(r, take)
		if err != nil {
			shown = p.explain(r, err)
		}
		p.write(w, shown)
	})
}

func (p *portal) answer(r *http.Request, take step) (page, error) {
	if wait := p.pace.wait(visitor(r, p.trusted)); wait > 0 {
		return page{}, &hastyError{wait}
	}
	if err := r.ParseForm(); err != nil {
		return page{}, &unreadableError{err}
	}
	return take(r)
}

// hastyError is a visitor who opens pages as a program does.
type hastyError struct{ wait time.Duration }

func (h *hastyError) Error() string { return "too many pages" }

// unreadableError is a form that could not be read.
type unreadableError struct{ cause error }

func (u *unreadableError) Error() string { return "the form cannot be read" }
func (u *unreadableError) Unwrap() error { return u.cause }

// explain turns what went wrong into a page. A token that does not work is one case, whatever is wrong with it.
func (p *portal) explain(r *http.Request, err error) page {
	unreadable, tooLarge, limited := (*unreadableError)(nil), (*http.MaxBytesError)(nil), (*store.RateLimitedError)(nil)
	hasty := (*hastyError)(nil)
	switch {
	case errors.As(err, &hasty):
		return tooFast(hasty.wait)
	case errors.Is(err, store.ErrNotFound):
		return expired(http.StatusGone, form{})
	case errors.As(err, &tooLarge):
		return message(http.StatusRequestEntityTooLarge, "That was too much", "What was sent is larger than any form of this page.")
	case errors.As(err, &unreadable):
		return message(http.StatusBadRequest, "That could not be read", "Open the link of your mail again.")
	case errors.As(err, &limited):
		return tooMany(limited.RetryAfter)
	case errors.Is(err, password.ErrBusy), errors.Is(err, errBusy), r.Context().Err() != nil:
		return later()
	}
	if p.lines.Allow() {
		p.log.Error(err, "A page could not be shown", "method", r.Method, "path", r.Pattern)
	}
	return later()
}

func message(status int, title string, text ...string) page {
	return page{name: "message", status: status, Title: title, Text: text}
}

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

func (p *portal) write(w http.ResponseWriter, shown page) {
	var body bytes.Buffer
	if err := p.site.pages[shown.name].Execute(&body, view{p.site, shown}); err != nil {
		p.log.Error(err, "A page could not be written", "page", shown.name)
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if shown.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(shown.retryAfter.Seconds()))))
	}
	w.WriteHeader(shown.status)
	_, _ = body.WriteTo(w) // a visitor who left cannot be told
}
