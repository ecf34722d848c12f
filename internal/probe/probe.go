// Package probe asks providers of storage whether they take a connection's credentials. It is made to be pointed at hosts
// that somebody else chose: an address is judged as it is dialled, nothing is followed anywhere, and no byte of an answer
// leaves the package. It never logs.
package probe

import (
	"context"
	"crypto/x509"
	"net/netip"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// Provider is who keeps what a connection leads to.
type Provider string

// The providers, by the names that the API has for them.
const (
	AmazonS3  Provider = "AmazonS3"
	Backblaze Provider = "Backblaze"
	Dropbox   Provider = "Dropbox"
)

// Target is what is asked for, and with what.
type Target struct {
	Provider       Provider
	Bucket, Region string
	Endpoint       string // https://host or https://host:port of another server than Amazon's; empty for none
	// Credentials by the names that internal/source has for them.
	Credentials map[string]store.Secret
}

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
	host := c.Host(t)
	switch {
	case host == "":
		return notAllowed
	case t.Provider == Dropbox:
		return c.checkDropbox(ctx, host, t.Credentials)
	case t.Provider == Backblaze:
		return c.checkBucket(ctx, host, t, key{"keyID", "applicationKey"})
	default:
		return c.checkBucket(ctx, host, t, key{"accessKeyID", "secretAccessKey"})
	}
}
