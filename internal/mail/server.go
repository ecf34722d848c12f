package mail

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/account-operator/account-operator/internal/loopback"
)

// server is where mails are handed in, and how.
type server struct {
	host           string
	port           int
	implicitTLS    bool // from the first byte, not by STARTTLS
	plain          bool // no TLS at all
	user, password string
}

const serverForms = "write smtp://user:password@host:587 or smtps://user:password@host:465"

// parseServer never quotes the URL: it may hold a password, also in a place where it cannot be distinguished.
func parseServer(text string) (server, error) {
	u, err := url.Parse(text)
	if err != nil {
		return server{}, errors.New("the mail server's URL is malformed; " + serverForms)
	}
	s := server{host: u.Hostname(), implicitTLS: u.Scheme == "smtps"}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return server{}, errors.New("the scheme of the mail server's URL is neither smtp nor smtps; " + serverForms)
	case s.host == "":
		return server{}, errors.New("the mail server's URL has no host; " + serverForms)
	case u.Path != "" && u.Path != "/" || u.Fragment != "" || u.Opaque != "":
		return server{}, errors.New("the mail server's URL has more than user, password, host, port and ?tls=; " + serverForms)
	}
	if s.port, err = portOf(u); err != nil {
		return server{}, err
	}
	return s, s.chooseTLS(u.Query())
}

func portOf(u *url.URL) (int, error) {
	switch {
	case u.Port() == "" && u.Scheme == "smtps":
		return 465, nil
	case u.Port() == "":
		return 587, nil
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || port == 0 {
		return 0, errors.New("the port of the mail server's URL is none")
	}
	return int(port), nil
}

// chooseTLS asks for TLS unless it is switched off, or the server is on this machine and it is not asked for.
func (s *server) chooseTLS(query url.Values) error {
	switch query.Encode() {
	case "":
		s.plain = !s.implicitTLS && loopback.Is(s.host)
	case "tls=required":
	case "tls=off":
		s.plain = true
	default:
		return errors.New("the mail server's URL has a parameter that is neither tls=off nor tls=required")
	}
	if s.plain && s.implicitTLS {
		return errors.New("the mail server's URL says smtps and tls=off at once")
	}
	if s.plain && s.user != "" {
		return errors.New("the mail server's URL has a password that would travel without TLS; use smtps, or a server with STARTTLS")
	}
	return nil
}
