package sqlstore_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/network"
)

// leaseTerm is the default of --leader-elect-lease-duration: whoever waits for longer has lost the Lease again.
const leaseTerm = 15 * time.Second

// stuck is a session of the manager's role that was cut off, or froze, in the middle of a batch: the server reads on, and none of its
// time-outs runs.
func stuck(t *testing.T, address string, admin foreign, queries ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	for _, query := range append([]string{`BEGIN`}, queries...) {
		_, err := conn.Exec(t.Context(), query)
		must(t, err)
	}
	batch := conn.PgConn().Frontend()
	batch.Send(&pgproto3.Parse{Query: `COMMIT`})
	batch.Send(&pgproto3.Flush{})
	must(t, batch.Flush())
	for state := ""; state != "active ClientRead"; {
		rows, err := admin.rows(`SELECT state || ' ' || coalesce(wait_event, '') FROM pg_stat_activity WHERE pid = $1`, conn.PgConn().PID())
		must(t, err)
		state = rows[0][0]
	}
}

// Given a manager that was cut off in the middle of a batch, wherever that was, when its successor leads, writes and listens, then it
// does all of it within a term of the Lease.
func TestPostgresSuccessor_FormerManagerStuckInABatch_GoesOnWithinALease(t *testing.T) {
	for name, queries := range map[string][]string{
		"writing":           {`SELECT 1 FROM leaders FOR KEY SHARE`, `UPDATE accounts SET username = 'late'`, `UPDATE applied SET record = 'late'`},
		"taking the lead":   {`UPDATE leaders SET epoch = epoch`},
		"overtaking":        {`SELECT 1 FROM leaders FOR UPDATE`},
		"reading the feed":  {`SELECT 1 FROM leaders FOR KEY SHARE`, `DELETE FROM changes`},
		"following a link":  {`SELECT 1 FROM accounts FOR UPDATE`},
		"taking mails":      {`SELECT 1 FROM leaders FOR KEY SHARE`, `SELECT 1 FROM mails FOR UPDATE`},
		"removing old rows": {`SELECT 1 FROM leaders FOR KEY SHARE`, `LOCK TABLE audit IN EXCLUSIVE MODE`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, admin := newSchema(t)
			o := options(t)
			o.IdleTimeout = 500 * time.Millisecond
			former := open(t, address, o)
			filled(t, former)
			must(t, admin.exec(`UPDATE accounts SET username = 'x' WHERE name = 'bob'`))
			stuck(t, address, admin, queries...)

			began := time.Now()
			fenced, err := open(t, address, o).Lead(t.Context(), "c", "l")
			must(t, err)
			must(t, setVar(t, fenced, "TOKEN", "x"))
			feed, err := fenced.Changes(soon(t))
			must(t, err)
			if c := heard(feed); c != claim(store.KindAccount, "bob") {
				t.Errorf("heard %v", c)
			}
			if waited := time.Since(began); waited > leaseTerm {
				t.Errorf("the successor waited %s", waited)
			}
		})
	}
}

// Given a manager that is frozen in the middle of a migration, when another one migrates, then it does so within a term of the Lease,
// and nothing that the first has begun comes in between.
func TestPostgresMigration_ManagerFrozenInIt_IsOvertakenWithinALease(t *testing.T) {
	address, admin := newPostgres(t)
	o := options(t)
	o.MigrateOnOpen, o.IdleTimeout = false, 2*time.Second
	way := network.To(t, "unix", server.Socket())
	frozen := open(t, through(t, address, way), o)

	// The first migration waits in the middle of its transaction; then nothing more is heard of its manager.
	holder := session(t, admin)
	holder.must(`BEGIN; CREATE TABLE accounts ()`)
	ctx, cancel := context.WithCancel(t.Context())
	outcome := make(chan error, 1)
	go func() { outcome <- frozen.Migrate(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := await.Value(t, outcome); err == nil {
			t.Error("the frozen manager says that it has migrated")
		}
	})
	for waiting := "0"; waiting == "0"; {
		rows, err := admin.rows(`SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%CREATE TABLE accounts%'`)
		must(t, err)
		waiting = rows[0][0]
	}
	_, err := way.Suffers(network.Swallowed(network.ToServer), network.Swallowed(network.ToClient))
	must(t, err)
	holder.must(`ROLLBACK`)

	began := time.Now()
	successor := open(t, address, o)
	patient, end := context.WithTimeout(t.Context(), 2*leaseTerm)
	defer end()
	must(t, successor.Migrate(patient))
	if waited := time.Since(began); waited > leaseTerm {
		t.Errorf("the successor waited %s", waited)
	}
	filled(t, successor)
}

// through is the address of the same database by another way.
func through(t *testing.T, address string, way *network.Way) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	host, port, _ := strings.Cut(way.Address(), ":")
	query := u.Query()
	query.Set("host", host)
	query.Set("port", port)
	u.RawQuery = query.Encode()
	return u.String()
}
