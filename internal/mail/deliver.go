package mail

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// deliveryTimeout bounds one attempt, whatever the server does.
const deliveryTimeout = time.Minute

// deliver hands the message in over a connection of its own, which is closed whatever happens and when ctx ends. It is
// delivered when the server said so, even if what follows fails.
func (s *Sender) deliver(ctx context.Context, msg *gomail.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, deliveryTimeout)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()
	client, err := gomail.NewClient(s.server.host, s.clientOptions(conn)...)
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil && !msg.IsDelivered() {
		return err
	}
	return nil
}

func (s *Sender) dial(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(s.server.host, strconv.Itoa(s.server.port))
	if s.server.implicitTLS {
		return (&tls.Dialer{Config: s.tls}).DialContext(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

func (s *Sender) clientOptions(conn net.Conn) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.server.port),
		gomail.WithTimeout(deliveryTimeout),
		gomail.WithTLSConfig(s.tls),
		gomail.WithTLSPolicy(gomail.TLSMandatory),
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
	}
	if s.server.implicitTLS || s.server.plain {
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.server.user != "" {
		options = append(options, gomail.WithSMTPAuthCustom(&login{server: s.server}))
	}
	return options
}

// login sends the password in whichever of the two common ways the server takes. Both refuse without TLS.
type login struct {
	server server
	way    smtp.Auth
}

func (l *login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	l.way = smtp.LoginAuth(l.server.user, l.server.password, l.server.host, false)
	if slices.Contains(server.Auth, "PLAIN") {
		l.way = smtp.PlainAuth("", l.server.user, l.server.password, l.server.host, false)
	}
	return l.way.Start(server)
}

func (l *login) Next(challenge []byte, more bool) ([]byte, error) { return l.way.Next(challenge, more) }
