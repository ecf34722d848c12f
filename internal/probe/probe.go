// Package probe asks providers of storage whether they take a connection's credentials. It is made to be pointed at hosts
// that another user chose: an address is judged as it is dialled, nothing is followed anywhere, and no byte of an answer
// leaves the package. It never logs.
package probe

import (
	"context"
	"crypto/x509"
	"net/netip"
	"time"
)

// Checker asks providers.
type Checker struct {
	Timeout time.Duration
	// Allow are ranges of addresses inside the network that may be dialled all the same.
	Allow []netip.Prefix
	// RootCAs are whom certificates are trusted from; nil for the system's.
	RootCAs *x509.CertPool
	// Dropbox is where Dropbox's API is; empty but for tests, in which another server stands in for it.
	Dropbox string
}

// Check asks the target's provider. It takes no longer than Timeout.
func (c *Checker) Check(ctx context.Context, t Target) Verdict {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	host, client := c.Host(t), newClient(c.Allow, c.RootCAs)
	switch {
	case host == "":
		return notAllowed
	case t.Provider == Dropbox:
		return checkDropbox(ctx, client, host, t.Credentials)
	case t.Provider == Backblaze:
		return checkBucket(ctx, client, host, t, key{"keyID", "applicationKey"})
	default:
		return checkBucket(ctx, client, host, t, key{"accessKeyID", "secretAccessKey"})
	}
}

// Host is the host, with its port where the endpoint names one, that the target is asked at; "" when the target may name
// none such.
func (c *Checker) Host(t Target) string {
	if t.Provider == Dropbox && c.Dropbox != "" {
		return c.Dropbox
	}
	return t.host()
}
