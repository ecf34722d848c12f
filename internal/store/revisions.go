package store

import (
	"context"
	"errors"
)

// ErrCursorGone says that nobody knows any more what changed since a cursor: it is too old, or of a store that was put back since.
// Whoever has it reads everything, and goes on from a new one.
var ErrCursorGone = errors.New("the cursor is too old, or of the store before it was put back: read everything, and begin with a new one")

// Revisions say which accounts changed, whoever changed them, to those who read them.
type Revisions interface {
	// Revision names the state of the account's rows: equal ones have equal rows. One that this store gave before it was put back to
	// an older state, or before its server started again, is never given again.
	Revision(ctx context.Context, account int64) (string, error)
	// ChangedSince returns which accounts changed since the cursor was given, each once, and the next cursor. Of a transaction
	// that was under way then it is reported later that it changed them. With "" there is only a cursor.
	ChangedSince(ctx context.Context, cursor string) (accounts []int64, next string, err error)
}
