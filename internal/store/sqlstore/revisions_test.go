package sqlstore_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// id is the number of an account.
func id(t testing.TB, foreign foreign, name string) (id int64) {
	t.Helper()
	must(t, foreign.db.QueryRowContext(foreign.ctx, `SELECT id FROM accounts WHERE uid = '`+name+`'`).Scan(&id))
	return id
}

// watched reports what changed since it was last asked.
type watched struct {
	t          testing.TB
	store      *sqlstore.Store
	alice, bob int64
	revisions  map[int64]string
	cursor     string
}

func watch(t testing.TB, s *sqlstore.Store, foreign foreign) *watched {
	t.Helper()
	w := &watched{t: t, store: s, alice: id(t, foreign, "alice"), bob: id(t, foreign, "bob"), revisions: map[int64]string{}}
	var err error
	_, w.cursor, err = s.ChangedSince(t.Context(), "")
	must(t, err)
	w.raised()
	return w
}

// raised are the accounts that have another revision.
func (w *watched) raised() (names []string) {
	w.t.Helper()
	for name, account := range map[string]int64{"alice": w.alice, "bob": w.bob} {
		revision, err := w.store.Revision(w.t.Context(), account)
		must(w.t, err)
		if w.revisions[account] != revision {
			names = append(names, name)
		}
		w.revisions[account] = revision
	}
	slices.Sort(names)
	return names
}

// reported are those that the feed has.
func (w *watched) reported() (names []string) {
	w.t.Helper()
	accounts, next, err := w.store.ChangedSince(w.t.Context(), w.cursor)
	must(w.t, err)
	w.cursor = next
	for _, account := range accounts {
		switch account {
		case w.alice:
			names = append(names, "alice")
		case w.bob:
			names = append(names, "bob")
		}
	}
	slices.Sort(names)
	return names
}

// expect holds both to the same names.
func (w *watched) expect(what string, want ...string) {
	w.t.Helper()
	if raised, reported := w.raised(), w.reported(); !slices.Equal(raised, want) || !slices.Equal(reported, want) {
		w.t.Errorf("%s: revisions of %q differ and %q are reported, wanted %q", what, raised, reported, want)
	}
}

// Given an account with a row of each kind, when anybody changes such a row, then the account's revision differs and it is reported as
// changed, and no other is.
func TestRevisions_AnyRowOfAnyKindChanges_Raised(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		s := open(t, address, options(t))
		fenced := filled(t, s)
		w := watch(t, s, foreign)
		w.expect("nothing happens")

		must(t, setVar(t, fenced, "TOKEN", "canary-other"))
		w.expect("a manager writes a variable", "alice")
		_, err := fenced.PutAccount(t.Context(), claim(store.KindAccount, "bob"), store.AccountSpec{Email: "other@example.com"}, store.Mark{})
		must(t, err)
		w.expect("a manager writes an account", "bob")
		for kind, table := range sqlstore.Kinds() {
			same := map[bool]string{true: "theme = theme WHERE id", false: "account_id = account_id WHERE account_id"}[table == "accounts"]
			must(t, foreign.exec(fmt.Sprintf(`UPDATE %s SET %s = %d`, table, same, w.alice)))
			w.expect(fmt.Sprintf("a row of %s is updated", kind), "alice")
			must(t, foreign.exec(fmt.Sprintf(`DELETE FROM %s WHERE FALSE`, table)))
			w.expect(fmt.Sprintf("no row of %s is deleted", kind))
			if table == "accounts" {
				continue
			}
			must(t, foreign.exec(fmt.Sprintf(`UPDATE %s SET account_id = %d WHERE account_id = %d`, table, w.bob, w.alice)))
			w.expect(fmt.Sprintf("a row of %s moves", kind), "alice", "bob")
			must(t, foreign.exec(fmt.Sprintf(`DELETE FROM %s WHERE account_id = %d`, table, w.bob)))
			w.expect(fmt.Sprintf("a row of %s is deleted", kind), "bob")
		}
		must(t, foreign.exec(`INSERT INTO env_vars (account_id, name, value, version) VALUES ($1, 'A', $3, 1), ($1, 'B', $3, 1), ($2, 'A', $3, 1)`, w.alice, w.bob, []byte{}))
		w.expect("variables are inserted", "alice", "bob")
		must(t, foreign.exec(`DELETE FROM accounts WHERE id = $1`, w.bob))
		w.expect("an account is deleted", "bob")
	})
}

// Given an account, when what is no row of a kind changes, as a mail or a code that was proved, then its revision is the same.
func TestRevisions_MailsAndFactors_Leave(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		s := open(t, address, options(t))
		fenced := filled(t, s)
		w := watch(t, s, foreign)
		must(t, foreign.exec(`INSERT INTO mails (account_id, kind, recipient) VALUES ($1, 'FactorReset', 'alice@example.com')`, w.alice))
		must(t, fenced.Vouch(t.Context()))
		must(t, s.RequestLink(t.Context(), store.LinkVerifyAddress, "alice@example.com"))
		_, _, err := fenced.TakeMails(t.Context(), true, 10, 0)
		must(t, err)
		must(t, foreign.exec(`INSERT INTO notification_prefs (account_id, type, email) VALUES ($1, 'outbid', 'Disabled')`, w.alice))
		w.expect("mails are sent")
	})
}

// Given a statement that replaces rows on SQLite, when it does, then the revision is raised, too.
func TestRevisions_RowIsReplacedOnSQLite_Raised(t *testing.T) {
	address, foreign := newSQLite(t)
	s := open(t, address, options(t))
	filled(t, s)
	w := watch(t, s, foreign)
	must(t, foreign.exec(`INSERT OR REPLACE INTO env_vars (account_id, name, value, version) VALUES ($1, 'TOKEN', $2, 9)`, w.alice, []byte{}))
	w.expect("a row is replaced", "alice")
	must(t, foreign.exec(`UPDATE OR IGNORE env_vars SET version = 10`))
	w.expect("a row is updated or ignored", "alice")
}

// Given tables that are emptied on PostgreSQL, when that is done, then the accounts that had rows there are raised.
func TestRevisions_TableIsEmptiedOnPostgreSQL_Raised(t *testing.T) {
	address, foreign := newPostgres(t)
	s := open(t, address, options(t))
	filled(t, s)
	w := watch(t, s, foreign)
	must(t, foreign.exec(`TRUNCATE env_vars`))
	w.expect("the table is emptied", "alice")
}

// Given a transaction that is open, when a later one commits, is read, and then the first one commits, then that is reported, too, and the
// revision that was read in between is not that of the end.
func TestRevisions_EarlierTransactionCommitsLater_NothingIsMissed(t *testing.T) {
	address, foreign := newPostgres(t)
	s := open(t, address, options(t))
	filled(t, s)
	w := watch(t, s, foreign)
	first, err := foreign.db.BeginTx(foreign.ctx, nil)
	must(t, err)
	defer func() { _ = first.Rollback() }()
	_, err = first.ExecContext(foreign.ctx, `DELETE FROM env_vars WHERE account_id = $1`, w.alice)
	must(t, err)

	must(t, foreign.exec(`DELETE FROM connections WHERE account_id = $1`, w.alice))
	must(t, foreign.exec(`UPDATE accounts SET theme = 'Dark' WHERE id = $1`, w.bob))
	w.expect("the second commits", "alice", "bob")
	w.expect("nothing happens")
	must(t, first.Commit())
	w.expect("the first commits", "alice")
	w.expect("nothing happens since")
}

// Given two transactions that change the same two accounts in opposite orders, when they do, then neither waits for the other.
func TestRevisions_OppositeOrders_NobodyWaits(t *testing.T) {
	address, foreign := newPostgres(t)
	s := open(t, address, options(t))
	filled(t, s)
	w := watch(t, s, foreign)
	must(t, foreign.exec(`INSERT INTO env_vars (account_id, name, value, version) VALUES ($1, 'A', '', 1), ($1, 'B', '', 1), ($2, 'A', '', 1), ($2, 'B', '', 1)`, w.alice, w.bob))
	w.expect("variables are inserted", "alice", "bob")
	a, err := foreign.db.BeginTx(foreign.ctx, nil)
	must(t, err)
	b, err := foreign.db.BeginTx(foreign.ctx, nil)
	must(t, err)
	const change = `DELETE FROM env_vars WHERE account_id = $1 AND name = $2`
	for _, step := range []struct {
		tx      *sql.Tx
		account int64
		name    string
	}{{a, w.alice, "A"}, {b, w.bob, "B"}, {a, w.bob, "A"}, {b, w.alice, "B"}} {
		_, err := step.tx.ExecContext(foreign.ctx, `SET LOCAL lock_timeout = '1ms'`)
		must(t, err)
		_, err = step.tx.ExecContext(foreign.ctx, change, step.account, step.name)
		must(t, err)
	}
	must(t, b.Commit())
	w.expect("one commits", "alice", "bob")
	must(t, a.Commit())
	w.expect("the other commits", "alice", "bob")
}

// Given revisions and a cursor, when the store is put back to an older state and changes from there, then none of the former revisions
// comes again, although there were as many changes, and the cursor is gone.
func TestRevisions_StoreIsPutBack_NoneComesAgain(t *testing.T) {
	address, foreign := newPostgres(t)
	s := open(t, address, options(t))
	filled(t, s)
	must(t, server.Snapshot(t.Context()))
	w := watch(t, s, foreign)
	change := func() { must(t, foreign.exec(`UPDATE accounts SET theme = 'Dark' WHERE id = $1`, w.alice)) }
	change()
	w.expect("a program writes", "alice")

	must(t, server.PutBack(t.Context()))
	for range 100 { // each call that fails leaves one broken connection less
		if foreign.db.PingContext(t.Context()) == nil && s.Ping(t.Context()) == nil {
			break
		}
	}
	change()
	if raised := w.raised(); !slices.Equal(raised, []string{"alice", "bob"}) {
		t.Errorf("only of %q is the revision another", raised)
	}
	if _, _, err := s.ChangedSince(t.Context(), w.cursor); !errors.Is(err, store.ErrCursorGone) {
		t.Errorf("the cursor: %v", err)
	}
}

// Given a file that was opened again, when its revisions are read, then they are others, and a cursor is gone: it may have been another
// one in between.
func TestRevisions_FileIsOpenedAgain_NoneComesAgain(t *testing.T) {
	address, foreign := newSQLite(t)
	o := options(t)
	s := open(t, address, o)
	filled(t, s)
	w := watch(t, s, foreign)
	closeStore(t, s)
	w.store = open(t, address, o)
	if raised := w.raised(); !slices.Equal(raised, []string{"alice", "bob"}) {
		t.Errorf("only of %q is the revision another", raised)
	}
	if _, _, err := w.store.ChangedSince(t.Context(), w.cursor); !errors.Is(err, store.ErrCursorGone) {
		t.Errorf("the cursor: %v", err)
	}
}

// Given many changes that are old, when the leader purges, then an account has one row, the same revision, and new cursors go on as they
// did; one from before is gone.
func TestRevisions_OldOnes_AreAddedUp(t *testing.T) {
	address, foreign := newPostgres(t)
	s := open(t, address, options(t))
	fenced := filled(t, s)
	w := watch(t, s, foreign)
	before := w.cursor
	change := func() { must(t, foreign.exec(`UPDATE accounts SET theme = 'Dark' WHERE id = $1`, w.alice)) }
	purge := func() {
		must(t, foreign.exec(`UPDATE revisions_kept SET at = at - interval '2 hours'`))
		_, err := fenced.Purge(t.Context(), time.Now().Add(-24*time.Hour))
		must(t, err)
	}
	for range 20 {
		change()
	}
	w.expect("changes", "alice")
	purge() // from here on, what was before is old in an hour
	change()
	w.expect("another change", "alice")
	purge()
	w.expect("the rows are added up")
	rows, err := foreign.rows(`SELECT count(*), sum(raised) > 20 FROM account_revisions WHERE account_id = $1`, w.alice)
	must(t, err)
	if got := fmt.Sprint(rows); got != "[[2 true]]" {
		t.Errorf("rows of the account, and whether they are as much as before: %s", got)
	}
	if _, _, err := s.ChangedSince(t.Context(), before); !errors.Is(err, store.ErrCursorGone) {
		t.Errorf("the old cursor: %v", err)
	}
	change()
	w.expect("a change after that", "alice")
}
