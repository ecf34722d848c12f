// Package sqlstore keeps accounts in SQLite or PostgreSQL. What differs between the two stands in the files that bear
// their names; migrations hold the documented tables.
package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
)

// Store is a backing store in SQL.
type Store struct {
	engine  engine
	sealer  *seal.Sealer
	seeds   *seal.Sealer // of second factors; nil: sealer
	window  time.Duration
	audits  time.Duration // how long they are kept; 0: for ever
	reads   time.Duration // the same of what readers read
	keeps   bool          // an account's proof of its address, when that is replaced
	signsIn bool          // account holders can
	rate    int
	// withoutPasswords is that of Options.
	withoutPasswords bool
	// withoutSignInMails is that of Options.
	withoutSignInMails bool
	salt               atomic.Pointer[salted]
	// referralCode draws a code for a new account.
	referralCode func() string
}

var _ store.Store = (*Store)(nil)

// Open opens sqlite:///path/file.db or postgres://user@host/database. It writes nothing when the schema is newer than
// this binary knows or when another keyset sealed what is there: those are *store.StartupError, and so is an address
// that is malformed. No error holds the address's password.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	if o.Sealer == nil {
		return nil, errors.New("opening the store: no sealer")
	}
	e, err := openEngine(ctx, address, o)
	if err != nil {
		return nil, err
	}
	s := newStore(e, o)
	if err := s.admit(ctx, o); err != nil {
		_ = e.close()
		return nil, unusable(err)
	}
	return s, nil
}

func newStore(e engine, o Options) *Store {
	return &Store{
		engine: e, sealer: o.Sealer, seeds: o.FactorSealer, window: o.RecoveryWindow, audits: o.AuditRetention, reads: o.ReadRetention, rate: cmp.Or(max(o.MailRate, 0), usualMailRate),
		keeps: o.KeepVerified, signsIn: o.SignIn, withoutPasswords: o.WithoutPasswords, withoutSignInMails: o.WithoutSignInMails, referralCode: newReferralCode,
	}
}

// admit looks before anything is written.
func (s *Store) admit(ctx context.Context, o Options) error {
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	if version > newestVersion {
		return newerSchema(version)
	}
	if _, err := s.checkSeal(ctx, version); err != nil {
		return err
	}
	if !o.WithoutFactors {
		if err := s.checkSeeds(ctx, version); err != nil {
			return err
		}
	}
	if o.MigrateOnOpen {
		return s.Migrate(ctx)
	}
	return nil
}

// Capabilities says what this store can hold.
func (s *Store) Capabilities() store.Capabilities {
	return store.Capabilities{
		Driver: s.engine.name(), MaxEnvVars: maxEnvVars, MaxValueSize: maxValueSize, Notifications: slices.Clone(notifications),
	}
}

// Ping is a round trip to the database.
func (s *Store) Ping(ctx context.Context) error { return doing("asking the store", s.engine.ping(ctx)) }

// Close waits for the transactions under way.
func (s *Store) Close() error { return doing("closing the store", s.engine.close()) }
