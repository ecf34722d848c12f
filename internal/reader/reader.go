// Package reader serves what accounts hold to the cloud's own services, over HTTP: values of variables, credentials of connections, and
// which accounts changed. It holds nothing of its own: who may read stands in the store, in a file and in certificates.
package reader

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/store"
)

// Options are what a Reader needs. Grants, ClientCAs and Identities may be nil: then nobody reads by a certificate or a ServiceAccount's token.
type Options struct {
	Values  store.AccountReader
	Readers store.Readers
	Grants  *Grants
	// ClientCAs vouch for certificates. The server that asks for these has to ask by them.
	ClientCAs *ClientCAs
	// Identities proves ServiceAccounts by their tokens.
	Identities *Identities
	// Rate is how many requests a second each reader has.
	Rate int
	// Metrics are counted; nil: for nobody.
	Metrics *Metrics
	Log     logr.Logger
}

// Reader answers requests, and counts what it gave.
type Reader struct {
	values  store.AccountReader
	readers store.Readers
	who     *authenticator
	limits  *limits
	reads   *reads
	feed    *feed
	metrics *Metrics
	handler http.Handler
	// leaving is closed when the server stops: those who wait are sent away.
	leaving chan struct{}
	leave   func()
}

// New makes a reader, which counts and watches while Run does.
func New(o Options) *Reader {
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	backing := &observed{Readers: o.Readers, AccountReader: o.Values, metrics: o.Metrics, log: o.Log, failing: map[string]bool{}}
	r := &Reader{
		values: backing, readers: backing, limits: newLimits(o.Rate), reads: newReads(backing, o.Log), feed: newFeed(backing), metrics: o.Metrics,
		who: &authenticator{
			readers: backing, keys: &keys{readers: backing}, grants: o.Grants, clientCAs: o.ClientCAs, identities: o.Identities,
			strangers: newStrangers(), tokens: map[fingerprint]cachedToken{},
		},
	}
	r.leaving = make(chan struct{})
	r.leave = sync.OnceFunc(func() { close(r.leaving) })
	r.handler = r.routes()
	return r
}

// Run counts reads and looks for changes until ctx ends, and then writes what it counted.
func (r *Reader) Run(ctx context.Context) {
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		r.feed.run(ctx)
	}()
	r.reads.run(ctx)
	<-watched
	r.who.end()
}

// ServeHTTP implements http.Handler.
func (r *Reader) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.handler.ServeHTTP(w, req) }

// answerWithin is how long a client may take to fetch an answer.
const (
	answerWithin = 10 * time.Second
	maxBody      = 1 << 10
)

// routes are all there are; docs/reader-openapi.yaml describes them.
func (r *Reader) routes() http.Handler {
	mux := http.NewServeMux()
	for _, route := range []struct {
		name, method, path, right string
		serve                     func(http.ResponseWriter, *http.Request, *principal) *problem
	}{
		{"env", http.MethodGet, "/v1/accounts/{id}/env", store.RightEnv, r.env},
		{"variable", http.MethodGet, "/v1/accounts/{id}/env/{name}", store.RightEnv, r.variable},
		{"connections", http.MethodGet, "/v1/accounts/{id}/connections", store.RightConnections, r.connections},
		{"ssh-keys", http.MethodGet, "/v1/accounts/{id}/ssh-keys", store.RightSSHKeys, r.sshKeys},
		{"tokens", http.MethodPost, "/v1/accounts/{id}/tokens", store.RightTokens, r.mint},
		{"changes", http.MethodGet, "/v1/changes", store.RightChanges, r.changes},
	} {
		mux.HandleFunc(route.method+" "+route.path, r.asked(route.name, route.right, route.serve))
		mux.HandleFunc(route.path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", route.method)
			r.refuse(route.name, w, wrongMethod)
		})
	}
	mux.HandleFunc("GET /openapi.yaml", serveDescription)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { r.refuse("none", w, notFound) })
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		headers(w.Header())
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerWithin)) // a writer of a test has none
		// The mux would answer what is no clean path with a redirection.
		if _, pattern := mux.Handler(req); pattern == "" || !clean(req) {
			r.refuse("none", w, notFound)
			return
		}
		req.Body = http.MaxBytesReader(w, req.Body, maxBody)
		mux.ServeHTTP(w, req)
	})
}

func headers(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}

// asked finds out who asks before anything is done.
func (r *Reader) asked(name, right string, serve func(http.ResponseWriter, *http.Request, *principal) *problem) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		answer := &noted{ResponseWriter: w}
		if p := r.serve(right, serve, answer, req); p != nil {
			r.refuse(name, w, p)
			return
		}
		r.metrics.answered(name, answer.status)
	}
}

func (r *Reader) refuse(name string, w http.ResponseWriter, p *problem) {
	r.metrics.answered(name, p.Status)
	r.metrics.refused.WithLabelValues(p.name()).Inc()
	p.write(w)
}

func (r *Reader) serve(right string, serve func(http.ResponseWriter, *http.Request, *principal) *problem, w http.ResponseWriter, req *http.Request) *problem {
	ctx, cancel := context.WithTimeout(req.Context(), readWithin)
	who, refused := r.who.of(ctx, req)
	cancel()
	if refused != nil {
		return refused
	}
	if refused := r.limits.take(who.name, w.Header()); refused != nil {
		return refused
	}
	if !who.may(right) {
		return forbidden
	}
	return serve(w, req, who)
}
