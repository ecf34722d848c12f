package sqlstore_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	schema := sync.OnceValue(func() []byte {
		path := filepath.Join(t.TempDir(), "schema.db")
		migrateSchema(t, "sqlite://"+path)
		file, err := os.ReadFile(path)
		must(t, err)
		return file
	})
	storetest.Run(t, func(t *testing.T) storetest.Fixture {
		path := filepath.Join(t.TempDir(), "accounts.db")
		must(t, os.WriteFile(path, schema(), 0o600))
		return fixture(t, "sqlite://"+path, openSQLite(t, path))
	})
}

// SQLite counts a parameter without a number on from the largest before it. One with a number costs a search each time that it is bound.
func TestSQLiteStatement_Parameters_HaveANumberOnlyWhereTheyNeedIt(t *testing.T) {
	for text, want := range map[string]string{
		`SELECT 1`:                                `SELECT 1`,
		`VALUES ($1, $2), ($3, $4) FOR UPDATE`:    `VALUES (?, ?), (?, ?)`,
		`VALUES ($1, $2, $3), ($1, $2, $4)`:       `VALUES (?1, ?2, ?), (?1, ?2, ?)`,
		`WHERE b = $2 AND a = $1`:                 `WHERE b = ?2 AND a = ?1`,
		`WHERE b = $2 AND a = $1 AND c = $3`:      `WHERE b = ?2 AND a = ?1 AND c = ?`,
		`WHERE a = $1 AND ($10 OR $11 = $10)`:     `WHERE a = ? AND (?10 OR ? = ?10)`,
		`SET a = $1 WHERE EXISTS (SELECT $1, $2)`: `SET a = ?1 WHERE EXISTS (SELECT ?1, ?)`,
	} {
		if got := sqlstore.SQLiteStatement(text); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

// newSQLite is an address where nothing is yet, and another program there.
func newSQLite(t testing.TB) (string, foreign) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "accounts.db")
	return "sqlite://" + path, openSQLite(t, path)
}

func openSQLite(t testing.TB, path string) foreign {
	t.Helper()
	return openForeign(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
}
