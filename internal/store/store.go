// Package store is the seam to the backing store, the system that the accounts live in. It holds interfaces, plain
// values and errors; it knows neither Kubernetes nor SQL. What every driver promises stands in storetest, a test a promise.
//
// Drivers are dumb: they hold no policy, never decide, never retry and never log.
package store

import (
	"context"
	"time"
)

// Store is a backing store that nobody leads yet. Only what account holders do themselves can be written.
type Store interface {
	// Lead takes the next epoch for (cluster, lease) and returns the store bound to it. From then on every write bound to
	// an older epoch of that pair fails with ErrFenced.
	Lead(ctx context.Context, cluster, lease string) (FencedStore, error)
	// Identity says which store this is and how far it has come.
	Identity(ctx context.Context) (Identity, error)
	// Lost reports whether the store was put back to before a write that it once had: the given one, or one that this very process
	// was acknowledged. In the latter case all writes fail with ErrPutBack until BeginIncarnation.
	Lost(ctx context.Context, c Commit) (bool, error)
	Links
	Factors
	Sessions
	Keys
	// Holder is the account of the ID in the hands of its holder.
	Holder(accountID string) Holder
	Capabilities() Capabilities
	// Ping is a cheap round trip, for health checks.
	Ping(ctx context.Context) error
	Close() error
}

// Reader reads what claims of one cluster hold, without leading.
type Reader interface {
	// Claims pages through the claims of this cluster and kind that hold rows, as Records.Applied does.
	Claims(ctx context.Context, kind Kind, afterUID string, limit int) ([]Claim, error)
	// Accounts pages through all that Account says of each account of this cluster, as Records.Applied does.
	Accounts(ctx context.Context, afterUID string, limit int) ([]Account, error)
}

// FencedStore is a store bound to one epoch of leading. Every write checks the epoch in its own transaction.
type FencedStore interface {
	Accounts
	Adoption
	EnvVars
	Pairs
	Records
	History
	Actions
	Managing
	Outbox

	// Connections are the cloud connections of accounts.
	Connections() Rows[Connection]
	// SSHKeys are the public keys of accounts.
	SSHKeys() Rows[SSHKey]

	// Epoch is the number under which the store is led. Each Lead of a pair gives a greater one.
	Epoch() int64
	// Holds fails with ErrFenced once another manager took the lead, as any write would.
	Holds(ctx context.Context) error
	// StatusKey is what the status of objects is signed with. It was drawn with the schema, and is the same for all who lead.
	StatusKey() Secret
	// AllSigned says that each status of this leader's objects is signed with it; SetAllSigned has it said from the next Lead on.
	AllSigned() bool
	SetAllSigned(ctx context.Context) error
	// Rebind hands every row of an object's former life to its present one, after a cluster was restored: the claim, the
	// variables it owns, its applied record. The caller has made sure by a live read that from is gone. ErrNotFound when
	// from holds nothing.
	Rebind(ctx context.Context, from, to Claim) error
	// BeginIncarnation is called when the store was found put back to an older state: known is what it was before. What must not
	// come back to life ends: links lead nowhere, and IDs of accounts go on past all that can have been given out. Where another
	// leader began one since, it only returns that.
	BeginIncarnation(ctx context.Context, known Identity) (Identity, error)
	// Vouch says that the store was looked at and has all that it ever had, or has begun a new incarnation: until then those who do
	// not lead get ErrNotVouched for all that takes a link or a factor.
	Vouch(ctx context.Context) error
	// Acted reports whether the store knows how an action ended.
	Acted(ctx context.Context, action Claim) (bool, error)
	// Purge strips personal data from accounts that were deleted before the given time and returns how many. It removes
	// mails, links and rows of the audit that are over, too.
	Purge(ctx context.Context, deletedBefore time.Time) (int, error)
}

// Accounts keeps accounts, one a claim.
type Accounts interface {
	// Account returns the live account of the claim, or ErrNotFound.
	Account(ctx context.Context, c Claim) (Account, error)
	// PutAccount creates the claim's account or replaces the leaves that want sets, sets the applied record, and reports which of
	// the two it did.
	// *ConflictError when another live account has the address, or a namesake of another UID has a row (a cluster was
	// restored: see Rebind); the change feed then delivers the claim when that is over. An address that is replaced by another
	// is not verified any more.
	PutAccount(ctx context.Context, c Claim, want AccountSpec, mark Mark) (Account, error)
	// DeleteAccount ends the claim's account and all it holds in one transaction, or releases it with Retain. What is gone
	// already is no error. *BlockedError lists all that is in the way.
	DeleteAccount(ctx context.Context, c Claim, how Deletion) error
}

// EnvVars keeps the variables of accounts.
type EnvVars interface {
	// SyncEnvVars shows plan all variables of the account, sorted by name, and does what it answers, in one transaction
	// and under the account's lock. plan is pure; it may be called again when the transaction is tried again. ErrNotFound
	// when the account has no live row.
	SyncEnvVars(ctx context.Context, account, owner Claim, plan func(have []EnvVar) EnvVarPlan) error
	// FormerOwners returns the namesakes of the owner that hold variables of other accounts than this one; none where this account has
	// no live row. With the zero claim in place of an account: that hold variables of any.
	FormerOwners(ctx context.Context, account, owner Claim) ([]Claim, error)
	// RemoveEnvVars deletes every variable that the owner holds, or releases them with retain, and forgets its records. Of many accounts
	// it takes some at a time, and the records last: where it is cut short, it is called again.
	RemoveEnvVars(ctx context.Context, owner Claim, retain bool) error
}

// Rows keeps what accounts have of one kind, a row a claim.
type Rows[R any] interface {
	// Get returns the claim's row, or ErrNotFound.
	Get(ctx context.Context, c Claim) (R, error)
	// Put creates or replaces the claim's row and sets the applied record. One that the same object retained in the same account, in a
	// former life in its very namespace, is taken back. ErrNotFound when the account has no live row; *ConflictError for a namesake's
	// row, as with PutAccount.
	Put(ctx context.Context, c, account Claim, want R, mark Mark) (R, error)
	// Delete removes the claim's row, or gives it to the account holder with retain.
	Delete(ctx context.Context, c Claim, retain bool) error
}

// Records says what was applied and what changed since.
type Records interface {
	// Applied pages through what each claim of this cluster and kind applied last, ordered by UID; after is the last UID of
	// the page before, "" for the first.
	Applied(ctx context.Context, kind Kind, afterUID string, limit int) ([]Applied, error)
	// Changes yields the claim behind every row that another program changed, and every claim that waited for a name, an
	// address or a blocker that is free now, and a claim of KindMail when mails may be due, until ctx ends. The channel closes when the feed breaks; the caller starts another.
	Changes(ctx context.Context) (<-chan Claim, error)
}

// History says what claims hold and what they were.
type History interface {
	Reader
	// AppliedLeaves returns what the claim's last Mark had as Leaves; nil when it had none.
	AppliedLeaves(ctx context.Context, c Claim) (map[string]string, error)
}
