package sqlstore

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"

	"github.com/account-operator/account-operator/internal/store"
)

// engine is what differs between the dialects. Its errors are in our words already: a driver may quote rows.
type engine interface {
	name() string
	// read runs statements that change nothing, each for itself.
	read(ctx context.Context, steps ...statement) error
	begin(ctx context.Context, as author) (transaction, error)
	// fence is the statement that fails with fenced unless the Lead still holds, and keeps the next one waiting until the
	// transaction ends.
	fence(l lead) statement
	// witness has the statements report which rows of the audit they write, so that these are known once they are committed. It
	// does nothing where the database cannot be put back to an older state while it is open.
	witness(writes []statement) *witness
	// saw notes a commit of anybody that was read in the incarnation that was present when the reading began.
	saw(incarnation int, c store.Commit)
	present() (incarnation int)
	// putBack looks whether commits are gone that were acknowledged or seen, isPutBack remembers that until goOn, from when on
	// only the given commit has to be there.
	putBack(ctx context.Context) (bool, error)
	isPutBack() bool
	goOn(from store.Commit)
	// instance is an expression that differs for each start of the database, for each database in another's place, and for tables
	// that were made again.
	instance() string
	// start is an expression that differs for each start of the database, as far as those know it who keep revisions and cursors.
	start() string
	// changedSince finds which accounts changed since the engine's part of a cursor was given, of which isCursor knows the form.
	changedSince(from string, most int, into *changed) statement
	isCursor(text string) bool
	// addUp makes one row of the old revisions of the next accounts, and reports the last of them and their number; nil where there is
	// nothing to add up.
	addUp(after int64, most int, each func(row) error) []statement
	// skipIDs has the next account get an ID greater than the given one.
	skipIDs(past int64) []statement
	// notifier says when the changes table may have new rows.
	notifier(ctx context.Context) (notifier, error)
	// overtake is a transaction of who takes the lead: it waits for no transaction of a former leader's for long.
	overtake(ctx context.Context, steps ...statement) error
	// migrations is a connection of its own for them, without limits on the time of a statement.
	migrations(ctx context.Context) (*migrator, error)
	// hasTable asks whether the table $1 exists.
	hasTable() string
	// damages are what the database finds wrong with itself.
	damages(ctx context.Context) ([]string, error)
	ping(ctx context.Context) error
	close() error
}

// changed is which accounts did, and where it goes on; gone says that this cannot be known any more.
type changed struct {
	accounts []int64
	next     string
	gone     bool
}

// author is the token of the Lead in whose name a transaction writes. Triggers know it, and notify of every write of anybody else.
type author = store.Secret

// noLeader writes without leading: who follows a link, say, or proves a second factor.
var noLeader author

// transaction sends each batch in one round trip where the dialect can. A callback that fails in run leaves nothing
// written; one that fails in commit comes too late.
type transaction interface {
	run(ctx context.Context, steps ...statement) error
	commit(ctx context.Context, steps ...statement) error
	// rollback ends what was not committed. After commit it does nothing.
	rollback()
}

// migrator is what migrations run on, in its context, until release.
type migrator struct {
	ctx     context.Context
	db      *sql.DB
	dialect goose.Dialect
	release func() error
}

type notifier interface {
	// wait returns when it is time to look, or fails when the notifier broke or ctx ended.
	wait(ctx context.Context) error
	close()
}
