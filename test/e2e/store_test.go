package e2e_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	longform "github.com/account-operator/account-operator/test/long"
)

// database is a backing store, seen as by another program.
type database struct {
	dialect string
	address string // for the manager's --store
	file    string // of SQLite
	driver  string
	source  string // for the driver
}

const (
	sqlite     = "sqlite"
	postgreSQL = "postgres"
)

// newDatabase makes an empty one that goes with the test.
func newDatabase(t *testing.T, dialect string) database {
	t.Helper()
	if dialect == postgreSQL {
		url := server.NewDatabase(t)
		return database{dialect: dialect, address: url, driver: "pgx", source: url}
	}
	path := filepath.Join(t.TempDir(), "accounts.db")
	return database{
		dialect: dialect, address: "sqlite://" + path, file: path,
		driver: "sqlite", source: "file:" + path + "?_pragma=busy_timeout(5000)",
	}
}

// onBoth runs a test on each kind of store.
func onBoth(t *testing.T, test func(t *testing.T, dialect string)) {
	t.Helper()
	for _, dialect := range []string{sqlite, postgreSQL} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			test(t, dialect)
		})
	}
}

// onEach is onBoth for what wants the machine for itself in its long form.
func onEach(t *testing.T, test func(t *testing.T, dialect string)) {
	t.Helper()
	if longform.Choose(true, false) {
		onBoth(t, test)
		return
	}
	for _, dialect := range []string{sqlite, postgreSQL} {
		t.Run(dialect, func(t *testing.T) { test(t, dialect) })
	}
}

// foreign runs SQL as another program would, on a connection of its own.
func (s *scene) foreign(statement string) {
	s.Helper()
	db := s.open()
	defer func() { _ = db.Close() }()
	_, err := db.ExecContext(s.Context(), statement)
	s.must(err)
}

// column returns what the query gives, which is one column of text.
func (s *scene) column(query string) []string {
	s.Helper()
	db := s.open()
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(s.Context(), query)
	s.must(err)
	defer func() { _ = rows.Close() }()
	var texts []string
	for rows.Next() {
		var text string
		s.must(rows.Scan(&text))
		texts = append(texts, text)
	}
	s.must(rows.Err())
	return texts
}

func (s *scene) open() *sql.DB {
	s.Helper()
	db, err := sql.Open(s.store.driver, s.store.source)
	s.must(err)
	return db
}
