package store

import "context"

// Adoption takes over accounts that a claim did not create. Whether it may is the caller's to decide.
type Adoption interface {
	// AtAddress returns the live account of the address, whoever manages it, and the account of this address that was
	// deleted last and can still be restored, under the claim that it was deleted by. Nil where there is none.
	AtAddress(ctx context.Context, email string) (live, deleted *Account, err error)
	// Adopt gives a live account that nobody manages to the claim. *ConflictError when somebody does, or when a row of the
	// claim or of its namesake is there already; ErrNotFound when the account is not live.
	Adopt(ctx context.Context, c Claim, accountID string) error
	// Restore makes a deleted account live again, with all that was not deleted with it, and gives it to the claim.
	// *ConflictError as with Adopt, or when another live account has the address; ErrNotFound when it is not there to be
	// restored.
	Restore(ctx context.Context, c Claim, accountID string) error
}
