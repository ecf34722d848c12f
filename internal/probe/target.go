package probe

import "github.com/account-operator/account-operator/internal/store"

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
