package smtp

import (
	"errors"
	"io"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one client's conversation.
type session struct {
	server *Server
	conn   *smtp.Conn
	known  bool
	now    Message
}

var _ smtp.AuthSession = (*session)(nil)

func (s *session) AuthMechanisms() []string {
	if s.server.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.options.User || password != s.server.options.Password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.options.User != "" && !s.known {
		return smtp.ErrAuthRequired
	}
	s.now = Message{From: from}
	return s.answer(Sender)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.now.To = append(s.now.To, to)
	return s.answer(Recipient)
}

func (s *session) Data(r io.Reader) (err error) {
	if s.now.Text, err = io.ReadAll(r); err != nil {
		return err
	}
	if err := s.answer(Data); err != nil {
		return err
	}
	s.server.keep(s.now)
	return s.answer(Accepted)
}

func (s *session) Reset()        { s.now = Message{} }
func (s *session) Logout() error { return nil }

func (s *session) answer(at Stage) error {
	err := s.server.options.Answer(at)
	if errors.Is(err, ErrCut) {
		_ = s.conn.Conn().Close()
	}
	return err
}
