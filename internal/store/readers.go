package store

import (
	"context"
	"time"
)

// What a reader may have a right to.
const (
	RightEnv         = "env"         // values of variables
	RightConnections = "connections" // credentials of connections
	RightSSHKeys     = "ssh-keys"    // public keys
	RightChanges     = "changes"     // which accounts changed
	RightTokens      = "tokens"      // tokens for one account
)

// ReaderRights are all there are.
var ReaderRights = []string{RightEnv, RightConnections, RightSSHKeys, RightChanges, RightTokens}

// ReaderKey is what a service proves itself with. The key's text is shown once, and the store has its hash.
type ReaderKey struct {
	ID, Name string
	Rights   []string
	// Accounts are those it may read, AllAccounts says that these are all.
	Accounts         []int64
	AllAccounts      bool
	Created, Expires time.Time
}

// ReaderToken is what an instance proves itself with, for its one account.
type ReaderToken struct {
	Account int64
	Rights  []string
	By      string // who had it made
	Expires time.Time
}

// ReadCount is how often a reader got something of an account within an hour.
type ReadCount struct {
	Reader  string
	Account int64
	Hour    time.Time
	Reads   int64
}

// DayOfReads is how often a reader read of an account in a day.
type DayOfReads struct {
	Day    time.Time // when it begins, in UTC
	Reader string
	Reads  int64
}

// HeldReads are who read what the account holds.
type HeldReads interface {
	// ReadsSince are those of a time and later, the newest day first, and of a day by name.
	ReadsSince(ctx context.Context, since time.Time) ([]DayOfReads, error)
}

// ValidKeysOfName is how many keys one name may have at a time: while one takes the place of the other.
const ValidKeysOfName = 2

// ReaderKeys is for who administers readers. What is revoked is refused from then on.
type ReaderKeys interface {
	// CreateReaderKey makes a key of the name, with an ID of its own. *InvalidError where the name has ValidKeysOfName.
	CreateReaderKey(ctx context.Context, want ReaderKey) (ReaderKey, Secret, error)
	// ReaderKeys lists all, by name, and of a name the newest last; those that expired, too, for a while.
	ReaderKeys(ctx context.Context) ([]ReaderKey, error)
	// RevokeReaderKeys takes away the key of the ID, or with "" all of the name, and the tokens that were made by it. ErrNotFound where
	// there is none.
	RevokeReaderKeys(ctx context.Context, name, id string) error
	// RevokeReaderTokens takes away the tokens of an account, and returns how many there were.
	RevokeReaderTokens(ctx context.Context, account int64) (int, error)
}

// Readers is what serves readers. Until a leader has looked whether the store was put back it fails with ErrNotVouched: what was revoked
// may be there again.
type Readers interface {
	// ValidReaders are the valid keys, and a number that differs once anything was revoked.
	ValidReaders(ctx context.Context) (find func(key Secret) (ReaderKey, bool), revocations int64, err error)
	// ReaderToken is the valid token of the text, or ErrNotFound.
	ReaderToken(ctx context.Context, text Secret) (ReaderToken, error)
	// CreateReaderToken makes a token for a live account; ErrNotFound where that is none.
	CreateReaderToken(ctx context.Context, want ReaderToken) (Secret, error)
	// CountReads adds to what was counted.
	CountReads(ctx context.Context, reads []ReadCount) error
	// Reads are the counts of an account, the newest first.
	Reads(ctx context.Context, account int64, limit int) ([]ReadCount, error)
}
