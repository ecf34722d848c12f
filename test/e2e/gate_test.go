package e2e_test

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// gate is a way to the API server on which a test can hold up one request, and
// so knows exactly where a manager is when it kills or freezes it.
type gate struct {
	forward http.Handler
	server  *httptest.Server
	shut    chan struct{}

	mu   sync.Mutex
	trap *trap
}

// trap holds up the first request that it matches.
type trap struct {
	matches func(*http.Request) bool
	// answered lets the API server do what it is asked and holds its answer
	// back; otherwise the request itself is held back.
	answered bool
	sprung   chan struct{}
	released chan struct{}
}

func newGate(t *testing.T, to *rest.Config) *gate {
	t.Helper()
	target, err := url.Parse(to.Host)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(rest.AnonymousClientConfig(to))
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{shut: make(chan struct{})}
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

// through returns the same access, by way of the gate.
func (g *gate) through(access *rest.Config) *rest.Config {
	c := rest.CopyConfig(access)
	c.Host = g.server.URL
	c.CAData = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.server.Certificate().Raw})
	return c
}

// holdRequest keeps the next request that matches from reaching the API server.
func (g *gate) holdRequest(matches func(*http.Request) bool) *trap { return g.set(matches, false) }

// holdAnswer keeps the answer to the next request that matches from reaching the
// manager.
func (g *gate) holdAnswer(matches func(*http.Request) bool) *trap { return g.set(matches, true) }

func (g *gate) set(matches func(*http.Request) bool, answered bool) *trap {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trap = &trap{matches: matches, answered: answered, sprung: make(chan struct{}), released: make(chan struct{})}
	return g.trap
}

func (g *gate) take(r *http.Request) *trap {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.trap == nil || !g.trap.matches(r) {
		return nil
	}
	taken := g.trap
	g.trap = nil
	return taken
}

// ServeHTTP implements http.Handler.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := g.take(r)
	if t == nil {
		g.forward.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	if t.answered {
		g.forward.ServeHTTP(answer, r)
	}
	close(t.sprung)
	select {
	case <-t.released:
	case <-r.Context().Done():
	case <-g.shut:
	}
	if r.Context().Err() != nil || !t.isReleased() {
		panic(http.ErrAbortHandler) // nothing of a manager that was killed comes through
	}
	if !t.answered {
		g.forward.ServeHTTP(w, r)
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (t *trap) isReleased() bool {
	select {
	case <-t.released:
		return true
	default:
		return false
	}
}

// release lets go on what was held up.
func (t *trap) release() { close(t.released) }

// springs waits until the trap holds a request. A test whose fault never
// happened has shown nothing.
func (s *scene) springs(t *trap) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), soon)
	defer cancel()
	select {
	case <-t.sprung:
	case <-ctx.Done():
		s.Fatalf("void: the request that the fault waits for did not come within %s", soon)
	}
}

// patches matches a PATCH of one of our objects ("envvarsets/base") or of its
// status ("envvarsets/base/status").
func patches(path string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		return r.Method == http.MethodPatch && strings.HasSuffix(r.URL.Path, "/"+path)
	}
}

// reads matches a GET of one object ("secrets/hf").
func reads(path string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/"+path)
	}
}
