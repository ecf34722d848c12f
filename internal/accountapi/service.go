package accountapi

import (
	"context"
	"net/netip"
	"net/url"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
)

// Store is what the API needs of one.
type Store interface {
	store.Keys
	store.Factors
	Holder(accountID string) store.Holder
	// Sessions are those of the settings page.
	Sessions(ctx context.Context, accountID string) ([]store.Session, error)
	Capabilities() store.Capabilities
}

// Options are what New needs.
type Options struct {
	Store Store
	// Hasher is the process's; nil: only the API makes hashes.
	Hasher *password.Hasher
	// Issuer is whose accounts they are, as an authenticator app shows it.
	Issuer string
	// Settings is the page to which an answer sends who wants what only a signed-in holder may; nil: there is none.
	Settings *url.URL
	// KeyInQuery takes keys as ?api_key=, too, which then stand in the logs of proxies.
	KeyInQuery bool
	// ShowManagers names the object that manages something; else it is the platform team.
	ShowManagers bool
	// Rate is how many requests a second a key has; 0: the usual.
	Rate int
	// TrustedProxies are the peers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	Log            logr.Logger
	// Report hears of each answer; nil, nobody does.
	Report func(route string, status int)
}

// service is what the sections answer with.
type service struct{ Options }
