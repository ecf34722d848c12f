package kms

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/hashicorp/vault/api"
)

// explained says in our own words what the server answered, and bad what it means if the request is at fault. The server's text may repeat what it
// was sent.
func (v *vault) explained(err error, bad string) error {
	if err == nil {
		return nil
	}
	at := v.client.Address()
	answered := (*api.ResponseError)(nil)
	if !errors.As(err, &answered) {
		return unanswered(at, err)
	}
	switch code := answered.StatusCode; {
	case code == http.StatusForbidden, code == http.StatusUnauthorized:
		return fmt.Errorf("%s refuses it (HTTP %d): %s", at, code, v.refused())
	case code == http.StatusServiceUnavailable:
		return &AwayError{fmt.Sprintf("%s is sealed, or not ready (HTTP %d)", at, code)}
	case code == http.StatusTooManyRequests, code >= 470: // 472 and 473 are standbys'
		return &AwayError{fmt.Sprintf("%s failed (HTTP %d)", at, code)}
	default:
		return fmt.Errorf("%s answers HTTP %d: %s", at, code, bad)
	}
}

func (v *vault) refused() string {
	switch {
	case v.options.Role != "":
		return "the role is not given to who asks, or its policies lack update on encrypt/NAME or decrypt/NAME of the key's mount"
	case v.client.Token() == "":
		return "there is no token; set VAULT_TOKEN, or log in by --seal-keyset-kms-role"
	default:
		return "the token in VAULT_TOKEN expired or was revoked, or its policies lack update on encrypt/NAME or decrypt/NAME of the key's mount"
	}
}

// unanswered passes on what is of the network.
func unanswered(at string, err error) error {
	untrusted := (*tls.CertificateVerificationError)(nil)
	failed := (*net.OpError)(nil)
	switch {
	case errors.As(err, &untrusted):
		return fmt.Errorf("the certificate of %s is not trusted, or is another host's: name its CA by VAULT_CACERT", at)
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Errorf("%s speaks no TLS; an agent on this machine may: set VAULT_ADDR to http and that host", at)
	case errors.Is(err, context.DeadlineExceeded):
		return &AwayError{at + " does not answer in time"}
	case errors.As(err, &failed):
		return &AwayError{fmt.Sprintf("%s does not answer: %v", at, failed)}
	default:
		return &AwayError{at + " does not answer as Vault or OpenBao does"}
	}
}
