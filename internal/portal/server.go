package portal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-logr/logr"
)

// Server listens for the pages. A manager runs it, leader or not.
type Server struct {
	listener net.Listener
	server   *http.Server
}

// What a visitor may take: time to send and to fetch a page, and room for headers.
const (
	headerTimeout  = 5 * time.Second
	readTimeout    = 10 * time.Second
	writeTimeout   = 30 * time.Second // longer than the wait for a hash
	idleTimeout    = 60 * time.Second
	maxHeaderBytes = 16 << 10
	// shutdownWithin is how long requests on their way have when the server stops.
	shutdownWithin = 5 * time.Second
)

// Listen takes the address at once, so that one in use is reported at the start. A trusted proxy has as many connections as it likes.
func Listen(ctx context.Context, address string, pages http.Handler, trusted []netip.Prefix, log logr.Logger) (*Server, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the portal: %w", err)
	}
	return serverOn(listener, pages, trusted, log), nil
}

func serverOn(listener net.Listener, pages http.Handler, trusted []netip.Prefix, log logr.Logger) *Server {
	return &Server{listener: listener, server: &http.Server{
		Handler:           pages,
		ConnState:         newConnections(trusted).changed,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(logr.ToSlogHandler(log), slog.LevelInfo),
	}}
}

// Addr is where it listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Start serves until ctx ends; requests on their way are finished.
func (s *Server) Start(ctx context.Context) error {
	stopped := make(chan error, 1)
	detach := context.AfterFunc(ctx, func() {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
		defer cancel()
		stopped <- s.server.Shutdown(bounded)
	})
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		detach()
		return fmt.Errorf("serve the portal: %w", err)
	}
	if err := <-stopped; err != nil {
		return errors.Join(fmt.Errorf("stop the portal: %w", err), s.server.Close())
	}
	return nil
}

// NeedLeaderElection says that a manager that stands by serves the pages, too.
func (s *Server) NeedLeaderElection() bool { return false }
