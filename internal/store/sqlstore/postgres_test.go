package sqlstore_test

import (
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the other program's driver

	"github.com/account-operator/account-operator/internal/store/storetest"
)

func TestPostgres(t *testing.T) {
	schema := sync.OnceValue(func() string {
		const name = "schema"
		must(t, server.CreateDatabase(t.Context(), name))
		migrateSchema(t, server.URL(name))
		return name
	})
	storetest.Run(t, func(t *testing.T) storetest.Fixture {
		address := server.NewDatabaseFrom(t, schema())
		return fixture(t, address, openForeign(t, "pgx", address))
	})
}

// newPostgres is an empty database of a real server, and another program there.
func newPostgres(t testing.TB) (string, foreign) {
	t.Helper()
	address := server.NewDatabase(t)
	return address, openForeign(t, "pgx", address)
}
