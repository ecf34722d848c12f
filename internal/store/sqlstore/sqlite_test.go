package sqlstore_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

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
