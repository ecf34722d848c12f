// Package controller wires the controllers that keep the backing store equal to what the objects say. Below it is a package a concern and a package
// a kind; CONTRIBUTING.md has their map.
package controller

import (
	"cmp"
	"context"
	"crypto/x509"
	"net/netip"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/store"
)

// Options of the controllers.
type Options struct {
	Store     store.Store
	ClusterID string // identity in every claim
	Class     string // serves objects of this class only
	// RequireConsent takes values only from Secrets that carry the label source.AllowSync.
	RequireConsent bool
	Lease          string // name of the Lease that elects, also without election
	// Prepare is called once this manager is elected and before it takes the lead in the store; it migrates the schema.
	Prepare func(context.Context) error
	// Record is what the cluster knows of the store; nil: nothing, so that every store is taken.
	Record leader.StoreRecord
	// HoldsLease reads the Lease live and fails unless this manager holds it; nil without leader election.
	HoldsLease func(context.Context) error
	// Proof is for whoever guards the way to the API server of a manager without leader election; nil: none.
	Proof *leader.Proof
	// WatchBroke is what CacheOptions reports to.
	WatchBroke <-chan struct{}

	Concurrency      int // reconciles at once, a kind
	Resync           time.Duration
	ReconcileTimeout time.Duration
	MaxBackoff       time.Duration
	RecoveryWindow   time.Duration

	// AllowEndpoints are addresses inside the network at which connections may be verified.
	AllowEndpoints []netip.Prefix
	ProbeTimeout   time.Duration // how long a provider has to answer; zero: 10 seconds
	VerifyEvery    time.Duration // how often, with verification Periodic; zero: an hour
	// RootCAs and Dropbox are for tests, in which other servers stand in for the providers.
	RootCAs *x509.CertPool
	Dropbox string

	// Metrics is where they are registered.
	Metrics prometheus.Registerer

	// ReferralURL is what a referral code is added to; nil where status shows codes only.
	ReferralURL *url.URL
	// Sender delivers what the outbox holds; nil where mails wait, which status shows.
	Sender Sender
	// SendsLinks reports whether Sender can send mails with links: it knows where they lead.
	SendsLinks bool

	Intervals
}

// Sender delivers mails.
type Sender interface {
	// Run delivers what is due until ctx ends. An error says that it must not go on.
	Run(ctx context.Context, outbox store.Outbox) error
	// Wake says that mails may be due.
	Wake()
}

// Intervals is how fast things go that no one waits for. A zero is the default.
type Intervals struct {
	// Recount is how soon an Account's status shows how many variables and connections it has, while little changes (5 s).
	Recount time.Duration
	// AfterStart is when a manager that leads does what can wait (3 min).
	AfterStart time.Duration
	// OrphanAge is how long an object must be gone before the names that its claim holds are released (10 min), and
	// OrphanInterval is the interval of the search for claims without an object (5 min).
	OrphanAge, OrphanInterval time.Duration
}

func (p Intervals) orDefault() Intervals {
	return Intervals{
		Recount:        cmp.Or(p.Recount, 5*time.Second),
		AfterStart:     cmp.Or(p.AfterStart, 3*time.Minute),
		OrphanAge:      cmp.Or(p.OrphanAge, 10*time.Minute),
		OrphanInterval: cmp.Or(p.OrphanInterval, 5*time.Minute),
	}
}
