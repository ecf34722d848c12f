package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// failure is why a mail was not delivered, in our words: the server's own could hold anything.
type failure struct {
	reason string
	final  bool // another attempt would end the same
}

// judge tells what an attempt came to. Only what the server says for good of this recipient or this message is final: a
// wrong password or sender is mended on our side, and then the mail goes out.
func judge(err error) failure {
	refused, code := (*gomail.SendError)(nil), (*textproto.Error)(nil)
	switch {
	case errors.As(err, &refused) && refused.ErrorCode() != 0:
		return refusal(refused)
	case errors.As(err, &code):
		return failure{reason: fmt.Sprintf("the mail server refused the session or the login (%d)", code.Code)}
	default:
		return failure{reason: connectionWords(err)}
	}
}

func refusal(e *gomail.SendError) failure {
	code := e.ErrorCode()
	final := code >= 500 && code < 600
	switch e.Reason {
	case gomail.ErrSMTPMailFrom:
		return failure{reason: fmt.Sprintf("the mail server refused the sender (%d)", code)}
	case gomail.ErrSMTPRcptTo:
		return failure{reason: fmt.Sprintf("the mail server refused the recipient (%d)", code), final: final}
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return failure{reason: fmt.Sprintf("the mail server refused the message (%d)", code), final: final}
	default:
		return failure{reason: fmt.Sprintf("the mail server broke off (%d)", code)}
	}
}

func connectionWords(err error) string {
	certificate, dns, network := (*tls.CertificateVerificationError)(nil), (*net.DNSError)(nil), net.Error(nil)
	switch {
	case strings.Contains(err.Error(), "STARTTLS"): // the library has no type for it
		return "the mail server offers no STARTTLS"
	case errors.As(err, &certificate):
		return "the mail server's certificate is not trusted"
	case errors.As(err, &dns):
		return "the name of the mail server is not known"
	case errors.Is(err, context.Canceled):
		return "the manager was stopped"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "the mail server does not answer"
	default:
		return "the connection to the mail server failed"
	}
}
