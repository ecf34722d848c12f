package store

import (
	"bytes"
	"context"
	"slices"
	"time"
)

// KeyRight is what an API key may have a right to.
type KeyRight string

// The rights.
const (
	KeyMisc          KeyRight = "misc"
	KeyUserRead      KeyRight = "user_read"
	KeyUserWrite     KeyRight = "user_write"
	KeyInstanceRead  KeyRight = "instance_read"
	KeyInstanceWrite KeyRight = "instance_write"
	KeyBillingRead   KeyRight = "billing_read"
	KeyBillingWrite  KeyRight = "billing_write"
	KeyMachineRead   KeyRight = "machine_read"
	KeyMachineWrite  KeyRight = "machine_write"
	KeyTeamRead      KeyRight = "team_read"
	KeyTeamWrite     KeyRight = "team_write"
)

// KeyRights are all there are.
var KeyRights = []KeyRight{
	KeyMisc, KeyUserRead, KeyUserWrite, KeyInstanceRead, KeyInstanceWrite, KeyBillingRead, KeyBillingWrite, KeyMachineRead, KeyMachineWrite,
	KeyTeamRead, KeyTeamWrite,
}

// What a key and a session of one begin with, so that they are recognised, also by those who look for leaked ones.
const (
	KeyPrefix        = "aoa_"
	KeySessionPrefix = "aos_"
)

const (
	// KeysOfAccount is how many an account has.
	KeysOfAccount = 50
	// KeySessionsOfKey is how many sessions began with one; one more ends that which ends first.
	KeySessionsOfKey = 20
	// MaxKeyName is how long a name is, in bytes.
	MaxKeyName = 255
	// KeySessionLifetime is how long a session of a key lasts.
	KeySessionLifetime = 24 * time.Hour
	// KeyFactorWindow is how long a key may add a second factor after AllowFactor.
	KeyFactorWindow = 30 * time.Minute
	// KeysKept is how long a key that ended is kept, for whoever reads the audit. It opens nothing.
	KeysKept = 90 * 24 * time.Hour
)

// APIKey is what a program of an account holder's proves itself with. Its text is shown once, and the store has its hash.
type APIKey struct {
	ID, Name string
	LastFour string // of its text, by which the holder recognises it
	// Rights are those it has, AllRights says that these are all.
	Rights    []KeyRight
	AllRights bool
	Created   time.Time
	Used      time.Time // by the hour; zero: never
	Expires   time.Time // zero: never
}

// May reports whether the key has a right.
func (k APIKey) May(right KeyRight) bool { return k.AllRights || slices.Contains(k.Rights, right) }

// Covers reports whether the key may all that the other may, and for as long.
func (k APIKey) Covers(other APIKey) bool {
	missing := other.AllRights || slices.ContainsFunc(other.Rights, func(r KeyRight) bool { return !k.May(r) })
	lasts := k.Expires.IsZero() || !other.Expires.IsZero() && !other.Expires.After(k.Expires)
	return (k.AllRights || !missing) && lasts
}

// KeyIn is a key, or a session of one, with what a request needs of the account.
type KeyIn struct {
	APIKey
	// Session says that the code of a second factor was given for it, within KeySessionLifetime.
	Session   bool
	AccountID string
	Email     string
	// HasFactor says that the account has a second factor.
	HasFactor bool
	TwoFactor string // the policy: "Required" or "Optional"
	// MayAddFactor says that a code was given to add another second factor, within KeyFactorWindow.
	MayAddFactor bool
}

// IsKeySession reports whether a text is that of a session, valid or not.
func IsKeySession(text Secret) bool { return bytes.HasPrefix(text.Reveal(), []byte(KeySessionPrefix)) }

// Keys finds out whose a key is. It is not fenced, and works on every replica. Keys are kept as hashes, each with the store's incarnation.
// All keys of an account end, and their sessions, with whatever ends its sessions of the page.
type Keys interface {
	// Key finds a valid key, or session of one, by its text, and notes by the hour that it is used. ErrNotFound stands for one that is
	// unknown, over or ended, alike.
	Key(ctx context.Context, text Secret) (KeyIn, error)
}

// HeldKeys are the account's API keys.
type HeldKeys interface {
	// Keys are those that are valid, the newest first.
	Keys(ctx context.Context) ([]APIKey, error)
	// CreateKey makes one: of want the name, the rights and the end count. A key makes only keys that it covers: by is its ID, and empty for
	// a holder who is signed in. *InvalidError for "keys" when there are KeysOfAccount.
	CreateKey(ctx context.Context, by string, want APIKey) (APIKey, Secret, error)
	// ReplaceKey has another key of the same name, rights and end in place of this one, which ends in the same transaction.
	ReplaceKey(ctx context.Context, id string) (APIKey, Secret, error)
	// DeleteKey ends one, and its sessions.
	DeleteKey(ctx context.Context, id string) error
	// BeginKeySession is for whoever gave the key, and the code of a second factor.
	BeginKeySession(ctx context.Context, id string) (session Secret, expires time.Time, err error)
	// AllowFactor is for whoever gave the key, and the code of a second factor, to add another one.
	AllowFactor(ctx context.Context, id string) error
}
