package reader

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/net/netutil"

	"github.com/account-operator/account-operator/internal/loopback"
)

// What a client may take: time for headers and a body, room for headers, and connections. There is no time for answers in all, since some wait.
const (
	headerTimeout  = 5 * time.Second
	readTimeout    = 10 * time.Second
	idleTimeout    = 60 * time.Second
	maxHeaderBytes = 16 << 10
	maxConnections = waitingAtOnce + 1000
	// shutdownWithin is how long requests on their way have when the server stops; those who wait are sent away at once.
	shutdownWithin = 5 * time.Second
)

// Server listens for readers. A manager runs it, leader or not.
type Server struct {
	listener net.Listener
	server   *http.Server
	reader   *Reader
}

// Listen takes the address at once, so that one in use is reported at the start. Without TLS it has to be one of the machine itself.
func Listen(ctx context.Context, address string, secure *tls.Config, reader *Reader, log logr.Logger) (*Server, error) {
	if secure == nil && !ofThisMachine(address) {
		return nil, errors.New("without TLS, whoever is on the way reads every value: name a certificate, or a loopback address such as 127.0.0.1:8083")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for readers: %w", err)
	}
	return &Server{listener: netutil.LimitListener(listener, maxConnections), reader: reader, server: &http.Server{
		Handler: reader, TLSConfig: secure,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(logr.ToSlogHandler(log.V(1)), slog.LevelInfo),
	}}, nil
}

func ofThisMachine(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && loopback.Is(host)
}

// Addr is where it listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Start serves until ctx ends; requests on their way are finished, and what was read is written.
func (s *Server) Start(ctx context.Context) error {
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		s.reader.Run(running)
	}()
	defer func() {
		end()
		<-counted
	}()
	stopped := make(chan error, 1)
	detach := context.AfterFunc(ctx, func() {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
		defer cancel()
		s.reader.leave()
		stopped <- s.server.Shutdown(bounded)
	})
	if err := s.serve(); !errors.Is(err, http.ErrServerClosed) {
		detach()
		return fmt.Errorf("serve readers: %w", err)
	}
	if err := <-stopped; err != nil {
		return errors.Join(fmt.Errorf("stop serving readers: %w", err), s.server.Close())
	}
	return nil
}

func (s *Server) serve() error {
	if s.server.TLSConfig == nil {
		return s.server.Serve(s.listener)
	}
	return s.server.ServeTLS(s.listener, "", "")
}

// NeedLeaderElection says that a manager that stands by serves readers, too.
func (s *Server) NeedLeaderElection() bool { return false }
