package sqlstore

import (
	"time"

	"github.com/account-operator/account-operator/internal/seal"
)

// Options are what Open needs besides the address.
type Options struct {
	// Sealer encrypts values at rest; required.
	Sealer *seal.Sealer
	// FactorSealer encrypts seeds of second factors, which whoever checks codes has to open; nil: Sealer does that, too.
	FactorSealer *seal.Sealer
	// WithoutFactors is for who has nothing to do with second factors, and perhaps no right to look at them.
	WithoutFactors bool
	// RecoveryWindow is how long a deleted account can be restored. Zero: its personal data goes with the deletion.
	RecoveryWindow time.Duration
	// AuditRetention is how long the audit keeps a write. Zero: for ever.
	AuditRetention time.Duration
	// ReadRetention is how long it is kept who read of which account. Zero: for ever.
	ReadRetention time.Duration
	// MailRate is how many mails with links one address gets within an hour from each that can ask for them: the pages, the account
	// holder, the platform. Notices have as many. Default: 5.
	MailRate int
	// MigrateOnOpen brings the schema up to date at once. A manager that may not be the leader calls Migrate later.
	MigrateOnOpen bool
	// KeepVerified keeps an account verified when its address is replaced, though nobody proved the new one.
	KeepVerified bool
	// WithoutPasswords mails nobody a link to choose a password, since account holders sign in at a provider alone.
	WithoutPasswords bool
	// SignIn says that account holders can sign in, so that a link which is for them alone is mailed to an address that the platform changed.
	SignIn bool
	// WithoutSignInMails mails nobody that an account was signed in to with a browser that is not known.
	WithoutSignInMails bool
	// WithoutLock is for a sub-command that works beside a manager on one SQLite file. It never creates the file.
	WithoutLock bool
	// OlderSchema lets OpenReader open a store of which the schema is to be brought up to date: until then nothing can be read.
	OlderSchema bool
	// readOnly has the database refuse every write.
	readOnly bool
	// StatementTimeout and IdleTimeout (of a connection inside a transaction) bound how long a frozen manager can hold up
	// its successor on PostgreSQL; keep both below the lease duration. Defaults: 10 s and 5 s.
	StatementTimeout, IdleTimeout time.Duration
	// InsecureNoTLS lets a connection to a PostgreSQL server on another machine go in clear text.
	InsecureNoTLS bool
	// MaxConnections bounds the pool on PostgreSQL. Default: 10.
	MaxConnections int
}
