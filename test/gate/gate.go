// Package gate is a way to the API server on which a test makes things go wrong: it answers in the API server's place,
// loses requests or answers, breaks watches off, or holds one request up, so that a test knows exactly where a manager is
// when it kills or freezes it.
package gate

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// Gate forwards what no armed rule strikes.
type Gate struct {
	forward http.Handler
	server  *httptest.Server
	shut    chan struct{}

	mu      sync.Mutex
	armed   []*Fault
	watches map[*http.Request]context.CancelFunc
	held    chan struct{} // closed when what watches send may pass; nil: at once
}

// Open opens a gate to the API server of an access. It is shut when the test is over.
func Open(t testing.TB, to *rest.Config) *Gate {
	t.Helper()
	target, err := url.Parse(to.Host)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(rest.AnonymousClientConfig(to))
	if err != nil {
		t.Fatal(err)
	}
	g := &Gate{shut: make(chan struct{}), watches: map[*http.Request]context.CancelFunc{}}
	g.forward = &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     transport,
		FlushInterval: -1, // a watch must not wait for a buffer to fill
		ErrorLog:      log.New(io.Discard, "", 0),
	}
	// Over HTTP/2 the end of a client is noticed at once.
	g.server = httptest.NewUnstartedServer(g)
	g.server.EnableHTTP2 = true
	g.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	g.server.StartTLS()
	t.Cleanup(func() {
		close(g.shut)
		g.server.CloseClientConnections()
		g.server.Close()
	})
	return g
}

// Through returns the same access, by way of the gate.
func (g *Gate) Through(access *rest.Config) *rest.Config {
	c := rest.CopyConfig(access)
	c.Host = g.server.URL
	c.CAData = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.server.Certificate().Raw})
	return c
}

// Arm lets a rule strike from now on. Of several that match a request, the first that was armed strikes.
func (g *Gate) Arm(r Rule) *Fault {
	f := &Fault{rule: r, gate: g, left: r.times(), skip: r.Skip, sprung: make(chan struct{}), released: make(chan struct{})}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed = append(g.armed, f)
	return f
}

// CutWatches breaks off all watches that are under way and returns how many there were.
func (g *Gate) CutWatches() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, cut := range g.watches {
		cut()
	}
	return len(g.watches)
}

// HoldWatches keeps back what watches send until release, so that whoever watches falls behind.
func (g *Gate) HoldWatches() (release func()) {
	held := make(chan struct{})
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = held
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.held = nil
		close(held)
	})
}

// ServeHTTP implements http.Handler.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked := read(r)
	if f := g.struck(asked); f != nil {
		f.strike(w, r)
		return
	}
	if asked.verb != "watch" {
		g.forward.ServeHTTP(w, r)
		return
	}
	g.watch(w, r)
}

func (g *Gate) watch(w http.ResponseWriter, r *http.Request) {
	ctx, cut := context.WithCancel(r.Context())
	defer cut()
	r = r.WithContext(ctx)
	g.keep(r, cut)
	defer g.keep(r, nil)
	g.forward.ServeHTTP(&watcher{ResponseWriter: w, gate: g, ctx: ctx}, r)
	if ctx.Err() != nil {
		panic(http.ErrAbortHandler) // what was cut must not look like a watch that ended in order
	}
}

func (g *Gate) keep(watch *http.Request, cut context.CancelFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if cut == nil {
		delete(g.watches, watch)
		return
	}
	g.watches[watch] = cut
}

// struck is the fault that is this request's, if there is one.
func (g *Gate) struck(asked request) *Fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.armed {
		if f.rule.matches(asked) && f.turn() {
			return f
		}
	}
	return nil
}

func (g *Gate) withdraw(f *Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed = slices.DeleteFunc(g.armed, func(armed *Fault) bool { return armed == f })
}
