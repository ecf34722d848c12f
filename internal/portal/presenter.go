package portal

import (
	"bytes"
	"cmp"
	"errors"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/time/rate"

	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/visitor"
)

// How many lines of the log requests can cause: some at once, then one every now and then. A store that is away fails each of them.
const (
	lineBurst = 10
	lineEvery = 10 * time.Second
)

// presenter answers each request with a page.
type presenter struct {
	site    site
	trusted []netip.Prefix
	pace    *visitor.Peers // how often they open a page
	report  func(page string, status int)
	log     logr.Logger
	lines   *rate.Limiter // of the log, for what strangers can cause again and again
}

func newPresenter(s site, trusted []netip.Prefix, log logr.Logger) *presenter {
	return &presenter{
		site: s, trusted: trusted, pace: visitor.NewPeers(pageBurst, pageEvery),
		report: func(string, int) {}, log: log, lines: rate.NewLimiter(rate.Every(lineEvery), lineBurst),
	}
}

// step answers one request. Its error becomes a page by explain.
type step func(r *http.Request) (page, error)

func (p *presenter) page(take step) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = p.site.speaking(r)
		shown, err := p.answer(r, take)
		if err != nil {
			shown = p.explain(r, err)
		}
		p.write(w, r, shown)
		p.report(r.Pattern, shown.status)
	})
}

func (p *presenter) answer(r *http.Request, take step) (page, error) {
	if wait := p.pace.Wait(visitor.Of(r, p.trusted)); wait > 0 {
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
func (p *presenter) explain(r *http.Request, err error) page {
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

func (p *presenter) write(w http.ResponseWriter, r *http.Request, shown page) {
	for _, each := range shown.cookies {
		http.SetCookie(w, each)
	}
	if shown.redirect != "" || shown.elsewhere != "" {
		w.Header().Set("Location", cmp.Or(shown.elsewhere, p.site.Base+shown.redirect))
		w.WriteHeader(shown.status)
		return
	}
	var body bytes.Buffer
	in, _ := tongueOf(p.site.speaking(r).Context())
	seen := view{site: p.site, page: shown, Beside: p.site.tongues.beside(in)}
	if r.Method == http.MethodGet && r.URL.RawQuery == "" && shown.status == http.StatusOK { // else a token may lead here
		seen.At = r.URL.Path
	}
	if err := p.site.pages[in.Tag][shown.name].Execute(&body, seen); err != nil {
		p.log.Error(err, "A page could not be written", "page", shown.name)
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if shown.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(shown.retryAfter.Seconds()))))
	}
	w.WriteHeader(shown.status)
	_, _ = body.WriteTo(w) // a visitor who left gets no answer
}
