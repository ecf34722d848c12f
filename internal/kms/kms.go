// Package kms has keysets wrapped and unwrapped by a key management service, through Tink's own integrations.
package kms

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/tink"
)

// Options name a key of a KMS, and who asks for it. No secret is among them.
type Options struct {
	URI string // as hcvault://HOST/transit/keys/NAME

	// Role is what to log in as, by the token in TokenFile, at the authentication method of that mount. Without a role the token is that of
	// the environment variable VAULT_TOKEN.
	Role      string
	AuthMount string
	TokenFile string
}

// AwayError says that a KMS does not answer now. It may when it is asked again.
type AwayError struct{ text string }

func (a *AwayError) Error() string { return a.text }

// services are those whose integration is built in, by the schemes of their URIs.
var services = map[string]func(Options) (tink.AEAD, error){"hcvault": newVault}

// Key is the key that the options name. It asks for nothing yet.
func Key(o Options) (tink.AEAD, error) {
	scheme, _, found := strings.Cut(o.URI, "://")
	if !found {
		return nil, errors.New("the key's URI is as hcvault://HOST/transit/keys/NAME")
	}
	open, known := services[scheme]
	if !known {
		return nil, fmt.Errorf("no key management service is built in for URIs of %.20q; there is hcvault, which is HashiCorp Vault's and OpenBao's", scheme)
	}
	return open(o)
}
