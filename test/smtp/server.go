// Package smtp is a real SMTP server for tests and demonstrations. It keeps what it accepted, and can be made to refuse, to
// be slow, or to break off.
package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Stage is where in a conversation the server is.
type Stage string

// The stages. At Accepted the message is kept already, and only the answer is missing.
const (
	Sender    Stage = "MAIL"
	Recipient Stage = "RCPT"
	Data      Stage = "DATA"
	Accepted  Stage = "accepted"
)

// ErrCut is the answer that breaks the connection off.
var ErrCut = errors.New("cut")

// Refuse is an answer with this code.
func Refuse(code int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: "canary-reply"}
}

// Security is how a server uses TLS.
type Security string

// The ways to use TLS.
const (
	Plain    Security = ""
	StartTLS Security = "STARTTLS"
	Implicit Security = "TLS"
)

// Options are what Start needs.
type Options struct {
	Security Security
	// User and Password are asked for when they are set.
	User, Password string
	// Answer is asked at each stage; nil accepts. It may block: then the server is slow.
	Answer func(Stage) error
}

// Message is one that was accepted.
type Message struct {
	From string
	To   []string
	Text []byte
}

// Server listens on a loopback address.
type Server struct {
	options  Options
	address  string
	roots    *x509.CertPool
	server   *smtp.Server
	serving  chan struct{}
	ended    chan error
	mu       sync.Mutex
	messages []Message
	arrived  chan struct{}
}

// Start begins to listen.
func Start(o Options) (*Server, error) {
	if o.Answer == nil {
		o.Answer = func(Stage) error { return nil }
	}
	s := &Server{options: o, serving: make(chan struct{}), ended: make(chan error, 1), arrived: make(chan struct{}, 1)}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	s.server.Domain, s.server.ReadTimeout, s.server.WriteTimeout = "localhost", time.Minute, time.Minute
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if o.Security != Plain {
		certificate, roots, err := certify()
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		s.roots, s.server.TLSConfig = roots, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	}
	s.address = listener.Addr().String()
	if o.Security == Implicit {
		listener = tls.NewListener(listener, s.server.TLSConfig)
	}
	go func() { s.ended <- s.server.Serve(&announced{Listener: listener, serving: s.serving}) }()
	return s, nil
}

// Address is host:port.
func (s *Server) Address() string { return s.address }

// Roots are to be trusted for the server's certificate.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Messages are those that were accepted so far.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Arrived is told when messages came in.
func (s *Server) Arrived() <-chan struct{} { return s.arrived }

// stopLimit bounds how long Stop waits for the server.
const stopLimit = 10 * time.Second

// Stop breaks all connections off and waits, at most stopLimit. It may be called right after Start: a server that is closed
// before it knows its listener would accept for ever, so Stop waits until it serves.
func (s *Server) Stop() error {
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-s.serving:
	case err := <-s.ended:
		return err
	case <-limit.C:
		return errors.New("the SMTP server does not begin to serve")
	}
	closed := s.server.Close()
	select {
	case err := <-s.ended:
		return errors.Join(closed, err)
	case <-limit.C:
		return errors.Join(closed, errors.New("the SMTP server does not end"))
	}
}

func (s *Server) keep(m Message) {
	s.mu.Lock()
	s.messages = append(s.messages, m)
	s.mu.Unlock()
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}
