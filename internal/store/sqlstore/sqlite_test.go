package sqlstore_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Fixture {
		path := filepath.Join(t.TempDir(), "accounts.db")
		return fixture(t, "sqlite://"+path, openForeign(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"))
	})
}

// fixture is a fresh store at the address, and another program at the same database.
func fixture(t *testing.T, address string, foreign foreign) storetest.Fixture {
	t.Helper()
	o := sqlstore.Options{Sealer: newSealer(t), RecoveryWindow: time.Hour, MigrateOnOpen: true}
	s := open(t, address, o)
	return storetest.Fixture{
		Store: s, SQL: foreign.exec, Rows: foreign.rows,
		Reopen: func() store.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, address, o)
			return s
		},
	}
}

func newSealer(t testing.TB) *seal.Sealer {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.Load(keyset)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

func open(t testing.TB, address string, o sqlstore.Options) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(context.Background(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
