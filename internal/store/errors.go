package store

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNotFound says that the claim (or the account that a child's call names) has no row.
var ErrNotFound = errors.New("not found in the store")

// ErrFenced says that another manager leads now: this one must stop.
var ErrFenced = errors.New("another manager has taken the lead in the store")

// ErrPutBack says that the store was put back to an older state while it was in use. It takes no write until a new incarnation began.
var ErrPutBack = errors.New("the store was put back to an older state")

// ErrNotVouched says that the database was started, or put in another's place, and no leader has looked yet whether it was put back.
var ErrNotVouched = errors.New("no leader has looked yet whether the store was put back to an older state")

// ErrNoHeir says that the account that is to get the teams of a deleted one has no live row.
var ErrNoHeir = errors.New("the account that is to take over the teams is not in the store")

// ErrTooMuch says that the accounts of one call have more variables than one transaction should read.
var ErrTooMuch = errors.New("these accounts have too much for one transaction")

// ConflictError says that a unique field is held by another row.
type ConflictError struct {
	Field  string // "email", "claim", or "env NAME" for a variable that another claim owns
	Holder Claim  // zero when the row that holds it is managed by nobody
}

func (e *ConflictError) Error() string {
	if e.Holder.IsZero() {
		return fmt.Sprintf("%s is held by a row that nobody manages", e.Field)
	}
	return fmt.Sprintf("%s is held by %s", e.Field, e.Holder)
}

// AddressKeptError says that an account has an address of its holder's, which the put would have taken away.
type AddressKeptError struct{}

func (e *AddressKeptError) Error() string { return "the account has an address that its holder chose" }

// Blocker is one kind of thing that keeps an account from being deleted.
type Blocker struct {
	Kind  string   // "Machine", "Cluster", "Instance" or "Volume"
	Count int      // all of them
	IDs   []string // the first MaxBlockerIDs, in order
	// InTeams counts those that belong to teams which the account owns and which would be deleted with it.
	InTeams int
}

// MaxBlockerIDs bounds the IDs that one Blocker names.
const MaxBlockerIDs = 10

// BlockedError lists all that is in the way of a deletion, by kind in a fixed order.
type BlockedError struct{ Blockers []Blocker }

func (e *BlockedError) Error() string {
	parts := make([]string, len(e.Blockers))
	for i, b := range e.Blockers {
		parts[i] = fmt.Sprintf("%d %s", b.Count, b.Kind)
	}
	return "deletion is blocked by " + strings.Join(parts, ", ")
}

// InvalidError says that the store refuses a field's content. Reason is a short text of ours, never the content.
type InvalidError struct{ Field, Reason string }

func (e *InvalidError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Reason) }

// UnsupportedError says that this store cannot hold or do the thing.
type UnsupportedError struct{ Feature string }

func (e *UnsupportedError) Error() string { return e.Feature + " is not supported by this store" }

// RateLimitedError says when to come back.
type RateLimitedError struct{ RetryAfter time.Duration }

func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("the store asks to wait %s", e.RetryAfter)
}

// StartupError says why a store must not be used at all, and what to do: a foreign keyset, a newer schema, a malformed
// address. Trying again does not help, unless another program is about to put it right.
type StartupError struct {
	Problem, NextStep string
	// Passes says that it is the leader's to put right, or an administrator's who does that at an upgrade.
	Passes bool
}

func (e *StartupError) Error() string { return e.Problem + "; " + e.NextStep }
