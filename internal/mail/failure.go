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

// The causes: what the mail server, or the way to it, did not do.
const (
	CauseUnknownHost Cause = "unknown_host"
	CauseConnection  Cause = "connection"
	CauseTimeout     Cause = "timeout"
	CauseCertificate Cause = "certificate"
	CauseNoTLS       Cause = "no_starttls"
	CauseLogin       Cause = "login"
	CauseSender      Cause = "sender"
	CauseRecipient   Cause = "recipient"
	CauseMessage     Cause = "message"
	CauseServer      Cause = "server"
	CauseStopped     Cause = "stopped"
)

// failure is why a mail was not delivered, in our words: the server's own could hold anything.
type failure struct {
	cause  Cause
	reason string
	final  bool // another attempt would end the same
}

// judge says what an attempt came to. Only what the server says for good of this recipient or this message is final: a
// wrong password or sender is mended on our side, and then the mail goes out.
func judge(err error) failure {
	refused, code := (*gomail.SendError)(nil), (*textproto.Error)(nil)
	switch {
	case errors.As(err, &refused) && refused.ErrorCode() != 0:
		return refusal(refused)
	case errors.As(err, &code):
		return failure{cause: CauseLogin, reason: fmt.Sprintf("the mail server refused the session or the login (%d)", code.Code)}
	default:
		return noConnection(err)
	}
}

func refusal(e *gomail.SendError) failure {
	code := e.ErrorCode()
	final := code >= 500 && code < 600
	switch e.Reason {
	case gomail.ErrSMTPMailFrom:
		return failure{cause: CauseSender, reason: fmt.Sprintf("the mail server refused the sender (%d)", code)}
	case gomail.ErrSMTPRcptTo:
		return failure{cause: CauseRecipient, reason: fmt.Sprintf("the mail server refused the recipient (%d)", code), final: final}
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return failure{cause: CauseMessage, reason: fmt.Sprintf("the mail server refused the message (%d)", code), final: final}
	default:
		return failure{cause: CauseServer, reason: fmt.Sprintf("the mail server broke off (%d)", code)}
	}
}

func noConnection(err error) failure {
	certificate, dns, network := (*tls.CertificateVerificationError)(nil), (*net.DNSError)(nil), net.Error(nil)
	switch {
	case strings.Contains(err.Error(), "STARTTLS"): // the library has no type for it
		return failure{cause: CauseNoTLS, reason: "the mail server offers no STARTTLS"}
	case errors.As(err, &certificate):
		return failure{cause: CauseCertificate, reason: "the mail server's certificate is not trusted"}
	case errors.As(err, &dns):
		return failure{cause: CauseUnknownHost, reason: "the name of the mail server is not known"}
	case errors.Is(err, context.Canceled):
		return failure{cause: CauseStopped, reason: "the manager was stopped"}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return failure{cause: CauseTimeout, reason: "the mail server does not answer"}
	default:
		return failure{cause: CauseConnection, reason: "the connection to the mail server failed"}
	}
}
