package sqlstore_test

import (
	"path/filepath"
	"testing"

	"github.com/account-operator/account-operator/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Fixture { return fixture(t, newSQLite) })
}

// newSQLite is an address where nothing is yet, and another program there.
func newSQLite(t testing.TB) (string, foreign) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "accounts.db")
	return "sqlite://" + path, openForeign(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
}
