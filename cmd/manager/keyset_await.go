package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/internal/kms"
)

// listens is where a process is asked for its health, nil where it is not.
type listens func(context.Context) (net.Listener, error)

// awaitKeyset opens the keyset of a process that serves. A KMS that is away is asked again until it answers or ctx ends: meanwhile the process lives
// and is not ready, since another start is no better and comes later each time.
func (c *config) awaitKeyset(ctx context.Context, health listens) error {
	pause := wait.Backoff{Duration: time.Second, Factor: 2, Jitter: 0.1, Steps: 6, Cap: 30 * time.Second}
	var unready *http.Server
	for {
		_, err := c.sealer()
		if away := (*kms.AwayError)(nil); !errors.As(err, &away) {
			return errors.Join(err, closed(unready))
		}
		next := pause.Step()
		ctrl.Log.Error(err, "the key management service does not open the keyset now; it is asked again", "after", next.String())
		if unready == nil {
			if unready, err = serveUnready(ctx, health); err != nil {
				return inUse(*c, err)
			}
		}
		select {
		case <-ctx.Done():
			return closed(unready)
		case <-time.After(next):
		}
	}
}

// serveUnready answers in the place of the process: it lives, and whatever else is asked for comes later.
func serveUnready(ctx context.Context, health listens) (*http.Server, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "the key management service does not open the keyset now", http.StatusServiceUnavailable)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	listener, err := health(ctx)
	if err != nil || listener == nil {
		return server, err
	}
	go func() { _ = server.Serve(listener) }() // until it is closed
	return server, nil
}

func closed(server *http.Server) error {
	if server == nil {
		return nil
	}
	return server.Close()
}

// managersHealth is where a manager is asked.
func (c *config) managersHealth(ctx context.Context) (net.Listener, error) {
	if c.healthAddress == "" || c.healthAddress == "0" {
		return nil, nil
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", c.healthAddress)
}

// readersHealth is where readers that are served alone ask, by TLS.
func (c *config) readersHealth(ctx context.Context) (net.Listener, error) {
	if c.certFile == "" {
		return nil, nil
	}
	certificate, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return nil, usagef("--reader-tls-cert-file and --reader-tls-key-file: %v", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.readerAddress)
	if err != nil {
		return nil, usagef("--reader-bind-address: %v", err)
	}
	return tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}), nil
}
