package store

import "context"

// MaxPairs is how many accounts one call of SyncPairs may name.
const MaxPairs = 64

// Pairs keeps what one owner has in many accounts. A pair is the owner and one account; each has a record of its own, which goes stale
// by itself, and makes what Records.Applied says of the owner stale.
type Pairs interface {
	// SyncPairs does for several accounts what SyncEnvVars does for one, in one transaction: accounts are locked in the order of their
	// IDs, and plan is called once for each in that order. Marks are those of the pairs; a plan with Forget ends its pair. The owner's
	// own record is emptied with the first change, until SettlePairs. Plans are shown the owner's variables, and who has those of the
	// names, which are all that a plan may set or await; never another's value. missing are the accounts without a live row. ErrTooMuch when the accounts have more than one transaction should read: then call
	// it for one at a time, which is never refused for that.
	SyncPairs(ctx context.Context, owner Claim, accounts []Claim, names []string, plan func(pair Pair, have []EnvVar) EnvVarPlan) (missing []Claim, err error)
	// Pairs pages through the accounts in which the owner has variables or a record, ordered by ID; afterID is the last ID of the page
	// before, "" for the first. Leaves are left out.
	Pairs(ctx context.Context, owner Claim, afterID string, limit int) ([]Pair, error)
	// SettlePairs sets the owner's own record: all its pairs are as it says.
	SettlePairs(ctx context.Context, owner Claim, mark Mark) error
}

// Pair is what an owner of variables applied last in one account.
type Pair struct {
	AccountID string
	Account   Claim  // zero: nobody manages the account
	Record    string // empty: none
	// Stale says that another program changed the owner's variables in the account since.
	Stale bool
	// Leaves are those of the Mark.
	Leaves map[string]string
}

// EachPair reads the pairs of an owner. What do removes was on the page before.
func EachPair(ctx context.Context, from Pairs, owner Claim, do func(Pair) error) error {
	return each(func(after string) ([]Pair, error) { return from.Pairs(ctx, owner, after, PageSize) },
		func(p Pair) string { return p.AccountID }, do)
}
