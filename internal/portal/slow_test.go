package portal

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/test/await"
)

// pipes is a listener within the process, so that time in a bubble passes for its connections.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.accepted <- theirs
	return ours
}

func TestServer_SlowVisitor_IsNotWaitedFor(t *testing.T) {
	reads := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	for name, test := range map[string]struct {
		sent  string
		waits time.Duration
	}{
		"nothing":      {"", headerTimeout},
		"half a line":  {"GET /ver", headerTimeout},
		"half a form":  {"POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\ntoken", readTimeout},
		"nothing more": {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", idleTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				listener := &pipes{make(chan net.Conn), make(chan struct{})}
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- serverOn(listener, reads, nil, logr.Discard()).Start(ctx) }()
				began, visitor := time.Now(), listener.dial()
				if _, err := io.WriteString(visitor, test.sent); err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, visitor); err != nil && !errors.Is(err, io.ErrClosedPipe) {
					t.Error(err)
				}
				if waited := time.Since(began).Round(time.Second); waited != test.waits {
					t.Errorf("the connection ended after %s, wanted %s", waited, test.waits)
				}
				stop()
				if err := await.Value(t, ended); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestServer_Stops_WaitsSomeTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		hangs := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { await.Value(t, release) })
		listener := &pipes{make(chan net.Conn), make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- serverOn(listener, hangs, nil, logr.Discard()).Start(ctx) }()
		visitor := listener.dial()
		defer func() { _ = visitor.Close() }()
		if _, err := io.Copy(visitor, strings.NewReader("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		began := time.Now()
		stop()
		if err := await.Value(t, ended); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != shutdownWithin {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
		close(release)
	})
}
