package store

import (
	"context"
	"fmt"
	"slices"
)

// Holder is what the holder of one live account does to it. It is not fenced, works on every replica, and each write counts as another
// program's, so that the change feed delivers it. No value of a variable and no credential comes back. ErrNotFound where no live account
// has the ID; *ManagedError, in the very transaction, for what an object manages: nothing is accepted that the object takes back.
type Holder interface {
	HeldSettings
	HeldAddress
	HeldEnvVars
	HeldConnections
	HeldKeys
	HeldReads
	HeldEnd
	HeldSSHKeys
	HeldTeams
	HeldElsewhere
}

// HeldSettings are the account itself.
type HeldSettings interface {
	// Account is the account, and what of it an object manages.
	Account(ctx context.Context) (HeldAccount, error)
	// Set changes the leaves that are given, all or none.
	Set(ctx context.Context, want HolderSpec) error
}

// HeldAddress is the account's address. Who calls it knows that its holder is signed in: a mailbox alone confirms only the first one.
type HeldAddress interface {
	// AskForAddress has an address wait for its confirmation, in place of another that waits, and mails a link to it. Where a live account
	// has it, no link goes out, and that is not said. *RateLimitedError when the account's holder asked for as many links within the hour as
	// an address may get.
	AskForAddress(ctx context.Context, email string) error
	// AskAgain mails the link again, to the address that waits, or else to the present one while that is not confirmed. *RateLimitedError as
	// with AskForAddress.
	AskAgain(ctx context.Context) error
	// KeepAddress forgets the address that waits.
	KeepAddress(ctx context.Context) error
	// AddressToProve is the address that ProveAddress would confirm. ErrNotFound as with that.
	AddressToProve(ctx context.Context, token Secret) (email string, err error)
	// ProveAddress uses up a token that was mailed: the address that waits is the account's, or the present one stays it, and it is confirmed. A
	// notice goes to the former one. ErrNotFound for a token that is unknown, expired, used, another account's or for another address, and
	// where another live account has it by now, alike.
	ProveAddress(ctx context.Context, token Secret) error
}

// HeldEnvVars are the account's variables.
type HeldEnvVars interface {
	// EnvVars are all, sorted by name, without their values.
	EnvVars(ctx context.Context) ([]HeldEnvVar, error)
	// PutEnvVars adds or replaces variables, all or none.
	PutEnvVars(ctx context.Context, all []NamedValue) (Written, error)
	// DeleteEnvVar removes a variable. That it is gone already is no error.
	DeleteEnvVar(ctx context.Context, name string) error
}

// HeldConnections are the account's connections.
type HeldConnections interface {
	// Connections are all, sorted by ID, without credentials.
	Connections(ctx context.Context) ([]HeldConnection, error)
	// PutConnection creates the connection where its ID is empty, else it replaces the one of the ID, credentials and all.
	PutConnection(ctx context.Context, want Connection) (id string, err error)
	// RenameConnection leaves the credentials as they are.
	RenameConnection(ctx context.Context, id, displayName string) error
	// DeleteConnection removes a connection. That it is gone already is no error.
	DeleteConnection(ctx context.Context, id string) error
}

// HeldEnd is how an account ends by its holder.
type HeldEnd interface {
	// InTheWay is all that keeps the account from being deleted by its holder: what keeps it from being deleted by its object, and the teams
	// that it owns, which nobody else is asked for.
	InTheWay(ctx context.Context) ([]Blocker, error)
	// Delete ends an account that no object manages, and all it holds. *BlockedError lists all that is in the way. Nothing brings it back.
	Delete(ctx context.Context) error
	// RequestDeletion asks who manages the account to delete it, and WithdrawDeletion takes that back. To do either again changes nothing.
	RequestDeletion(ctx context.Context) error
	WithdrawDeletion(ctx context.Context) error
}

// BlockerTeams is the kind of Blocker of teams that an account owns, which keep only its holder from deleting it.
const BlockerTeams = "Team"

// AccountLeaf is what a *ManagedError names where an object manages the account itself.
const AccountLeaf = "the account"

// HolderSpec is what a holder wants of the account: leaves that are nil, and types of notifications that are left out, stay as they are.
type HolderSpec struct {
	Settings[*string]
	Events map[string]string
}

// HeldAccount is an account as its holder sees it.
type HeldAccount struct {
	Account
	Managed Managed
	Pending string // the address that waits for its confirmation; empty: none does
}

// Managed is what of an account an object sets.
type Managed struct {
	By     Claim // zero: no object manages the account
	Leaves []string
	// Known says that Leaves are all: else, as after an upgrade, each may be one.
	Known bool
}

// Sets reports whether a leaf is the object's, and not for the holder to change.
func (m Managed) Sets(leaf string) bool {
	return !m.By.IsZero() && (!m.Known || slices.Contains(m.Leaves, leaf))
}

// HeldEnvVar is a variable without its value.
type HeldEnvVar struct {
	Name  string
	Owner Claim // zero: the holder's own
}

// NamedValue is what a variable is to be.
type NamedValue struct {
	Name  string
	Value Secret
}

// Written counts what a put did. That a value was the same already is not said: it would confirm a guess.
type Written struct{ Added, Replaced int }

// HeldConnection is a connection without its credentials.
type HeldConnection struct {
	Connection
	Owner Claim // zero: the holder's own
}

// ManagedError says that an object manages what its holder wants to change.
type ManagedError struct {
	Leaf string // its path in the spec of an Account, "env NAME", "connection ID" or AccountLeaf
	By   Claim
}

func (e *ManagedError) Error() string { return fmt.Sprintf("%s is managed by %s", e.Leaf, e.By) }
