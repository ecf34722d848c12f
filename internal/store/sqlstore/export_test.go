package sqlstore

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"syscall"

	"github.com/account-operator/account-operator/internal/store"
)

// MigrateSchema leaves out the check of the keyset, so that any can be used with what it made.
func (s *Store) MigrateSchema(ctx context.Context) error { return s.migrate(ctx) }

// LockMigrations takes the lock under which PostgreSQL is migrated, until the connection is closed.
var LockMigrations = lockMigrations

// Place is what a value is bound to.
var Place = place

// Columns lists what Dump shows, as table.column.
func Columns() (all []string) {
	for _, d := range dumped {
		_, names := dumpText(d.columns, d.secret)
		for _, name := range names {
			all = append(all, d.table+"."+name)
		}
	}
	return all
}

// DrawReferralCodes replaces the source of referral codes.
func (s *Store) DrawReferralCodes(next func() string) { s.referralCode = next }

// PostgresError is for the test of what no server can be made to say.
var PostgresError = postgresError

// ReaderTables are the columns that readers may read, by table.
func ReaderTables() map[string]string {
	all := map[string]string{}
	for _, r := range readerRights {
		all[r.tables] = r.reads
	}
	return all
}

// SQLiteStatement is exported for its test.
var SQLiteStatement = sqliteStatement

// Failures are the words for all that a store can fail by.
func Failures() []string {
	all := append(slices.Collect(maps.Values(stateWords)), serverWords("XX000"))
	for _, err := range []error{&net.DNSError{}, syscall.ECONNREFUSED, syscall.ENOENT, context.DeadlineExceeded, errors.New("server refused TLS connection"), errors.New("anything")} {
		all = append(all, networkWords(err))
	}
	for code := range 30 {
		all = append(all, sqliteWords(code))
	}
	return all
}

// Compiled are the texts that SQLite's writer has compiled so far.
func (s *Store) Compiled() []string {
	w := s.engine.(*sqliteEngine).writer
	<-w.turn //unbounded: a writer gives its turn back
	defer func() { w.turn <- struct{}{} }()
	var texts []string
	for text := range w.known {
		texts = append(texts, sqliteText.Replace(text))
	}
	return texts
}

// Kinds are the kinds whose rows the store describes, with their tables.
func Kinds() map[store.Kind]string {
	all := map[store.Kind]string{}
	for _, k := range kinds {
		all[k.name] = k.table
	}
	return all
}

// NewestVersion is the schema that this binary knows.
var NewestVersion = newestVersion

// Try sends the reader's database a statement.
func (r *Reader) Try(ctx context.Context, text string) error {
	return r.store.engine.read(ctx, exec(text))
}

// NotCopied says whether a table is one that a database has for itself.
func NotCopied(table string) bool { return slices.Contains(notCopied, table) }
