// Package mail delivers what waits in the store's outbox, by SMTP: at least once, and more than once only when it was
// killed or overtaken between a server's acceptance and noting it. The copies have one Message-ID.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	netmail "net/mail"
	"net/url"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/sync/errgroup"

	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/store"
)

// Outcome is how an attempt to send a mail ended.
type Outcome string

// The outcomes.
const (
	Sent    Outcome = "sent"
	Retried Outcome = "retried"
	Dead    Outcome = "dead"
)

// Cause is why an attempt failed; empty for one that did not.
type Cause string

const (
	batch       = 20
	concurrency = 4
	// lease outlasts a batch whose every mail takes as long as it may.
	lease = batch/concurrency*deliveryTimeout + 5*time.Minute
	// storePause is how long a store that does not answer is left alone, noteTimeout how long noting an outcome may take.
	storePause  = 10 * time.Second
	noteTimeout = 10 * time.Second
)

// Options are what New needs.
type Options struct {
	// Server is smtp://user:password@host:587 (STARTTLS is required) or smtps://user:password@host:465. Without TLS only
	// on a loopback address (unless ?tls=required), or with ?tls=off; a password never travels without.
	Server string
	// From is the address that mails come from, with or without a name.
	From string
	// Portal is what links begin with. Without it, mails with links stay in the outbox.
	Portal *url.URL
	// Brand is whose mails they are.
	Brand brand.Brand
	// RootCAs are trusted for the server's certificate; nil: the system's.
	RootCAs *x509.CertPool
	Log     logr.Logger
	// Report is called with every outcome; nil: nobody is.
	Report func(store.MailKind, Outcome, Cause)
}

// Sender sends mails.
type Sender struct {
	server   server
	tls      *tls.Config
	from     *netmail.Address
	portal   *url.URL
	brand    brand.Brand
	log      logr.Logger
	reported func(store.MailKind, Outcome, Cause)
	woken    chan struct{}
}

// New refuses what is malformed, without quoting the server's URL.
func New(o Options) (*Sender, error) {
	server, err := parseServer(o.Server)
	if err != nil {
		return nil, err
	}
	from, err := parseFrom(o.From)
	if err != nil {
		return nil, err
	}
	if from.Name == "" {
		from.Name = o.Brand.Name
	}
	if o.Portal != nil && o.Portal.Host == "" {
		return nil, errors.New("the portal's URL has no host")
	}
	if o.Report == nil {
		o.Report = func(store.MailKind, Outcome, Cause) {}
	}
	return &Sender{
		server: server, from: from, portal: o.Portal, brand: o.Brand, log: o.Log, reported: o.Report, woken: make(chan struct{}, 1),
		tls: &tls.Config{ServerName: server.host, RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
	}, nil
}

// Wake has Run look at the outbox. It never blocks.
func (s *Sender) Wake() {
	select {
	case s.woken <- struct{}{}:
	default: // it will look anyway
	}
}

// Run sends what is due, and waits for the time of the next mail or for Wake. It returns nil when ctx ends, and
// store.ErrFenced when another manager leads.
func (s *Sender) Run(ctx context.Context, outbox store.Outbox) error {
	for {
		next, err := s.sendDue(ctx, outbox)
		if errors.Is(err, store.ErrFenced) {
			return err
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error(err, "the outbox did not answer; trying again")
			next = time.Now().Add(storePause)
		}
		if !s.rest(ctx, next) {
			return nil
		}
	}
}

// rest waits until it is time, or it is woken; a zero time never comes. False: ctx ended.
func (s *Sender) rest(ctx context.Context, next time.Time) bool {
	var due <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(time.Until(next))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
	case <-due:
	case <-s.woken:
	}
	return ctx.Err() == nil
}

// sendDue sends one batch, a few at a time.
func (s *Sender) sendDue(ctx context.Context, outbox store.Outbox) (next time.Time, err error) {
	mails, next, err := outbox.TakeMails(ctx, s.portal != nil, batch, lease)
	if err != nil {
		return time.Time{}, err
	}
	var group errgroup.Group
	group.SetLimit(concurrency)
	for _, m := range mails {
		group.Go(func() error { return s.send(ctx, outbox, m) })
	}
	return next, group.Wait()
}
