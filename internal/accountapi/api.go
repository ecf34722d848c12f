package accountapi

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
)

// Prefix is what every path of the API begins with.
const Prefix = "/api/"

// How many lines of the log requests can cause: some at once, then one every now and then. A store that is away fails each of them.
const (
	lineBurst = 10
	lineEvery = 10 * time.Second
)

// api answers the requests.
type api struct {
	service

	limits *limits
	turns  turns
	lines  *rate.Limiter
}

// New returns the API.
func New(o Options) http.Handler {
	if o.Hasher == nil {
		o.Hasher = password.NewHasher()
	}
	if o.Report == nil {
		o.Report = func(string, int) {}
	}
	a := &api{service: service{o}, limits: newLimits(o.Rate), turns: newTurns(), lines: rate.NewLimiter(rate.Every(lineEvery), lineBurst)}
	return a.guard(a.mux())
}

// guard stands before all routes: nothing leads elsewhere, and whoever asks too often waits.
func (a *api) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		if wait := a.limits.peer(r, a.TrustedProxies); wait > 0 {
			a.refuse(w, "", tooMany(wait))
			return
		}
		// A path that is not clean the router would answer with a redirect, which has clients send a POST again as a GET.
		if clean := path.Clean("/" + r.URL.Path); r.URL.Path != clean && r.URL.Path != clean+"/" {
			a.refuse(w, "", nothingHere)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// mux serves each route in both forms of its path, and answers all else in words.
func (a *api) mux() *http.ServeMux {
	mux := http.NewServeMux()
	both := func(pattern string, h http.Handler) {
		mux.Handle(pattern, h)
		mux.Handle(pattern+"/{$}", h)
	}
	methods := map[string][]string{} // by path, whatever its wildcards are called
	for _, of := range a.sections() {
		for _, each := range of.routes {
			both(each.method+" "+each.path, a.serve(each))
			methods[anonymous(each.path)] = append(methods[anonymous(each.path)], each.method)
		}
	}
	for path, allowed := range methods {
		both(path, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			a.refuse(w, "", wrongMethod)
		}))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { a.refuse(w, "", nothingHere) })
	return mux
}

// anonymous calls the wildcards of all paths alike, by their places.
func anonymous(path string) string {
	parts := strings.Split(path, "/")
	for n, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[n] = fmt.Sprintf("{any%d}", n)
		}
	}
	return strings.Join(parts, "/")
}

// serve finds out who asks and whether he may, reads the body, and answers.
func (a *api) serve(of route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := a.answer(w, r, of)
		if err != nil {
			a.refuse(w, of.name(), a.explain(r, of, err))
			return
		}
		write(w, http.StatusOK, answer)
		a.Report(of.name(), http.StatusOK)
	})
}

func (a *api) answer(w http.ResponseWriter, r *http.Request, of route) (any, error) {
	in, err := a.authenticate(r)
	if err != nil {
		return nil, err
	}
	if wait := a.limits.key(in.ID); wait > 0 {
		return nil, tooMany(wait)
	}
	if err := a.authorize(in, of); err != nil {
		return nil, err
	}
	r, err = a.acting(r)
	if err != nil {
		return nil, err
	}
	q := &request{Request: r, in: in, holder: a.Store.Holder(in.AccountID)}
	if err := q.readBody(w, of.room()); err != nil {
		return nil, err
	}
	if of.cannot != "" {
		return nil, notOffered(of.cannot)
	}
	return inTurn(r.Context(), a.turns, func() (any, error) { return of.answer(q) })
}

// explain turns what went wrong into an answer. What the store is to blame for is logged, and nothing of a request is.
func (a *api) explain(r *http.Request, of route, err error) *problem {
	said, known := problemOf(err, a.manager)
	if !known && r.Context().Err() == nil && a.lines.Allow() {
		a.Log.Error(err, "A request could not be answered", "route", of.name())
	}
	return said
}

// manager is who manages something, as far as a holder may see.
func (a *api) manager(by store.Claim) string {
	if a.ShowManagers {
		return fmt.Sprintf("%s %s/%s", by.Kind, by.Namespace, by.Name)
	}
	return "your platform team"
}

func (a *api) refuse(w http.ResponseWriter, route string, said *problem) {
	said.write(w)
	a.Report(route, said.status)
}
