package sqlstore_test

import (
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the other program's driver

	"github.com/account-operator/account-operator/internal/store/storetest"
)

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Fixture { return fixture(t, newPostgres) })
}

// newPostgres is an empty database of a real server, and another program there.
func newPostgres(t testing.TB) (string, foreign) {
	t.Helper()
	address := server.NewDatabase(t)
	return address, openForeign(t, "pgx", address)
}
