package reader

import (
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// problem is an answer by RFC 9457. Each is a constant: nothing of a request or of the store stands in one.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	retry  int    // seconds; 0: the header is left out
}

const problemPrefix = "urn:account-operator:problem:"

// name is the end of its type.
func (p *problem) name() string { return strings.TrimPrefix(p.Type, problemPrefix) }

func newProblem(status int, name, detail string) *problem {
	return &problem{Type: problemPrefix + name, Title: http.StatusText(status), Status: status, Detail: detail}
}

func (p problem) after(seconds int) *problem {
	p.retry = seconds
	return &p
}

var (
	badRequest   = newProblem(http.StatusBadRequest, "bad-request", "a parameter or the body is not of the form that /openapi.yaml describes")
	badCursor    = newProblem(http.StatusBadRequest, "bad-cursor", "\"after\" is not a cursor that was given out")
	unauthorized = newProblem(http.StatusUnauthorized, "unauthorized", "the request names no valid credential")
	forbidden    = newProblem(http.StatusForbidden, "forbidden", "the credential has no right to this")
	notFound     = newProblem(http.StatusNotFound, "not-found", "there is no such account, variable or path")
	wrongMethod  = newProblem(http.StatusMethodNotAllowed, "wrong-method", "the path takes another method")
	cursorGone   = newProblem(http.StatusGone, "cursor-gone", "what changed since this cursor is not known any more: read everything, and begin with a new cursor")
	tooMany      = newProblem(http.StatusTooManyRequests, "too-many-requests", "there were too many requests").after(1)
	unreadable   = newProblem(http.StatusInternalServerError, "unreadable", "the value was altered in the store and does not open; it is written again by the object that owns it")
	unavailable  = newProblem(http.StatusServiceUnavailable, "unavailable", "the store cannot be reached, or nobody has looked yet whether it was put back").after(1)
	busy         = newProblem(http.StatusServiceUnavailable, "busy", "too many requests are being served").after(1)
)

func (p *problem) write(w http.ResponseWriter) {
	body, _ := json.Marshal(p) // it holds texts and a number
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
		h.Set("Connection", "close") // a stranger keeps none
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // who does not take it has it not
}

// problemOf is what an error of the store means to a reader. Whatever is unknown is taken for the store's being away.
func problemOf(err error) *problem {
	invalid := (*store.InvalidError)(nil)
	limited := (*store.RateLimitedError)(nil)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return notFound
	case errors.Is(err, store.ErrCursorGone):
		return cursorGone
	case errors.As(err, &invalid):
		return badCursor
	case errors.As(err, &limited):
		return tooMany.after(int(limited.RetryAfter.Seconds()))
	}
	return unavailable
}

// clean reports whether the path is one that no client or proxy would write otherwise.
func clean(r *http.Request) bool { return path.Clean(r.URL.Path) == r.URL.Path }
