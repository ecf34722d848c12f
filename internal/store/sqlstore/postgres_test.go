package sqlstore_test

import (
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the other program's driver

	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Fixture {
		address, foreign := newSchema(t)
		return fixture(t, address, foreign)
	})
}

// makeSchema makes the database that newSchema copies.
var makeSchema sync.Once

// managersRole has the rights of a manager that does not own the tables, and no others.
const managersRole = "manager_of_tests"

// newSchema is newPostgres with our tables, which belong to a role of their own; the address is that of the manager's.
func newSchema(t testing.TB) (string, foreign) {
	t.Helper()
	const name, owner = "schema", "owner_of_tests"
	makeSchema.Do(func() {
		must(t, server.CreateDatabase(t.Context(), name))
		for _, text := range []string{
			`CREATE ROLE ` + owner + ` LOGIN`, `CREATE ROLE ` + managersRole + ` LOGIN`, `ALTER DATABASE schema OWNER TO ` + owner,
			`GRANT pg_signal_backend TO ` + managersRole,
		} {
			must(t, server.Exec(t.Context(), name, text))
		}
		o := options(t)
		o.MigrateOnOpen = false
		s := open(t, as(t, server.URL(name), owner), o)
		must(t, s.MigrateSchema(t.Context()))
		must(t, s.GiveRights(t.Context(), sqlstore.Roles{Manager: managersRole}))
		closeStore(t, s)
	})
	address := server.NewDatabaseFrom(t, name)
	return as(t, address, managersRole), openForeign(t, "pgx", address)
}

// newPostgres is an empty database of a real server, and another program there.
func newPostgres(t testing.TB) (string, foreign) {
	t.Helper()
	address := server.NewDatabase(t)
	return address, openForeign(t, "pgx", address)
}
