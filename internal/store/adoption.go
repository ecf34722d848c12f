package store

import (
	"context"
	"time"
)

// Adoption takes over accounts that a claim did not create. Whether it may is the caller's to decide.
type Adoption interface {
	// AtAddress returns a live account, or nil: the one that the claim retained, in a former life, when it had named the address and its
	// holder was to change it; else that of the address, whoever manages it. retained is the claim that it was retained by, if nobody manages it
	// since and its address is the one that it had then, or its holder's to change; else the zero claim.
	AtAddress(ctx context.Context, c Claim, email string) (live *Account, retained Claim, err error)
	// Restorable returns up to MaxRestorable deleted accounts of the address that can be restored, and those for which the claim, in a former
	// life, had named the address and whose holder was to change it: first the one of this ID
	// (may be empty), then those that the claim deleted, in a former life, in its very namespace; of these and of the others
	// first those that were used, and the last deleted first. What its holder deleted is not among them.
	Restorable(ctx context.Context, c Claim, email, accountID string) ([]Restorable, error)
	// Adopt gives a live account that nobody manages to the claim, as AtAddress found it. *ConflictError when another claim does, or when a
	// row of the claim or of its namesake is there already; ErrNotFound when the account is not live, or has another address by now.
	Adopt(ctx context.Context, c Claim, found Account) error
	// Restore makes a deleted account live again, with all that was not deleted with it, and gives it to the claim.
	// *ConflictError as with Adopt, or when another live account has the address; ErrNotFound when it is not there to be
	// restored, as what its holder deleted never is.
	Restore(ctx context.Context, c Claim, accountID string) error
}

// MaxRestorable bounds how many accounts Restorable returns.
const MaxRestorable = 10

// Restorable is a deleted account.
type Restorable struct {
	ID      string
	Email   string
	Claim   Claim // that it was deleted by
	Deleted time.Time
	// Used says that its holder did anything with it: confirmed the address, chose a password or set up a second factor.
	Used bool
}
