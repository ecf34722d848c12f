package sqlstore_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
)

// A manager that freezes inside a transaction holds the epoch's row. Its successor gets it nonetheless.
func TestPostgres_FrozenWriter_DoesNotHoldUpItsSuccessor(t *testing.T) {
	address, _ := newPostgres(t)
	o := options(t)
	filled(t, open(t, address, o)) // a busy machine pauses for longer than the limit while it migrates
	o.IdleTimeout = 300 * time.Millisecond
	frozen, err := open(t, address, o).Lead(t.Context(), "c", "l")
	must(t, err)
	successor := open(t, address, o)
	entered, thaw := make(chan struct{}), make(chan struct{})
	outcome := make(chan error, 1)
	go func() {
		outcome <- frozen.SyncEnvVars(t.Context(), claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "env"),
			func([]store.EnvVar) store.EnvVarPlan {
				close(entered)
				await.Value(t, thaw)
				return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: store.EnvVarDelete, Name: "TOKEN"}}}
			})
	}()
	await.Value(t, entered)
	began := time.Now()
	fenced, err := successor.Lead(t.Context(), "c", "l")
	must(t, err)
	if waited := time.Since(began); waited > 5*time.Second {
		t.Errorf("the successor waited %s", waited)
	}
	close(thaw)
	if err := await.Value(t, outcome); err == nil {
		t.Error("the frozen manager's write was accepted")
	}
	if got := value(t, fenced, "TOKEN"); got != "canary-token" {
		t.Errorf("got %q", got)
	}
	if err := setVar(t, frozen, "TOKEN", "late"); !errors.Is(err, store.ErrFenced) {
		t.Errorf("got %v", err)
	}
}

func TestPostgres_Statements_EndInTime(t *testing.T) {
	address, foreign := newPostgres(t)
	o := options(t)
	o.StatementTimeout = 2 * time.Second
	fenced := filled(t, open(t, address, o))
	tx, err := foreign.db.BeginTx(t.Context(), nil)
	must(t, err)
	_, err = tx.ExecContext(t.Context(), `UPDATE accounts SET username = 'held'`)
	must(t, err)
	if err := setVar(t, fenced, "TOKEN", "x"); err == nil || !strings.Contains(err.Error(), "took too long") {
		t.Errorf("got %v", err)
	}
	must(t, tx.Rollback())
	must(t, setVar(t, fenced, "TOKEN", "x"))
}

func TestPostgresFeed_ConnectionBreaks_EndsAndCanBeStartedAgain(t *testing.T) {
	address, foreign := newPostgres(t)
	fenced := filled(t, open(t, address, options(t)))
	feed, err := fenced.Changes(t.Context())
	must(t, err)
	rows, err := foreign.rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
	must(t, err)
	if len(rows) != 1 {
		t.Fatalf("%d connections listen", len(rows))
	}
	must(t, foreign.exec(`UPDATE accounts SET username = 'x' WHERE name = 'alice'`))
	for range feed { // until it ends
	}
	must(t, foreign.exec(`UPDATE accounts SET username = 'y' WHERE name = 'bob'`))
	feed, err = fenced.Changes(t.Context())
	must(t, err)
	if c := heard(feed); c != claim(store.KindAccount, "alice") && c != claim(store.KindAccount, "bob") {
		t.Errorf("got %v", c)
	}
}

// A program of the cloud's has rights on its own tables only, and any search path.
func TestPostgres_OtherPrograms_NeedNoRightsOnOurTables(t *testing.T) {
	address, foreign := newPostgres(t)
	fenced := filled(t, open(t, address, options(t)))
	must(t, foreign.exec(`DROP ROLE IF EXISTS cloud`))
	for _, query := range []string{
		`CREATE ROLE cloud`,
		`GRANT SELECT (id, email, deleted_at) ON accounts TO cloud`,
		`GRANT SELECT, INSERT, DELETE ON instances TO cloud`,
	} {
		must(t, foreign.exec(query))
	}
	t.Cleanup(func() { _ = foreign.exec(`DROP OWNED BY cloud; DROP ROLE cloud`) })
	conn, err := foreign.db.Conn(t.Context())
	must(t, err)
	defer func() { _ = conn.Close() }()
	as := func(query string) {
		t.Helper()
		_, err := conn.ExecContext(t.Context(), query)
		must(t, err)
	}
	as(`SET ROLE cloud`)
	as(`SET search_path TO pg_temp`)
	as(`INSERT INTO public.instances (id, account_id) SELECT 'i-101', id FROM public.accounts WHERE email = 'alice@example.com'`)
	blocked := (*store.BlockedError)(nil)
	if err := fenced.DeleteAccount(t.Context(), claim(store.KindAccount, "alice"), store.Deletion{}); !errors.As(err, &blocked) {
		t.Fatalf("got %v", err)
	}
	feed, err := fenced.Changes(t.Context())
	must(t, err)
	as(`DELETE FROM public.instances`)
	if c := heard(feed); c != claim(store.KindAccount, "alice") {
		t.Errorf("got %v", c)
	}
}

// Connections that are cut at any moment cost a new try, and nothing that was acknowledged.
func TestPostgres_CutConnections_LoseNothing(t *testing.T) {
	address, foreign := newPostgres(t)
	fenced := filled(t, open(t, address, options(t)))
	stop := cutConnections(t, foreign)
	failed, last := 0, ""
	for n := 0; failed < 10; n++ { // until enough were hit
		last = strconv.Itoa(n)
		for setVar(t, fenced, "TOKEN", last) != nil {
			failed++
		}
	}
	stop()
	got := ""
	for read(t, fenced, "TOKEN", &got) != nil { // until the dead connections are gone from the pool
	}
	if got != last {
		t.Errorf("got %q, wanted %q", got, last)
	}
	rows, err := foreign.rows(`SELECT count(*) FROM env_vars`)
	must(t, err)
	if rows[0][0] != "1" {
		t.Errorf("%s rows", rows[0][0])
	}
}

// cutConnections ends the manager's connections again and again until it is stopped.
func cutConnections(t *testing.T, foreign foreign) (stop func()) {
	t.Helper()
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			default:
				_ = foreign.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
					WHERE datname = current_database() AND application_name = 'account-operator'`)
			}
		}
	}()
	return func() {
		close(end)
		await.Value(t, ended)
	}
}

func TestPostgres_Errors_AreInOurWords(t *testing.T) {
	for code, want := range map[string]string{
		"40P01": "try again", "40001": "try again", "23514": "a constraint refused the row (SQLSTATE 23514)",
		"53300": "out of resources", "57P01": "going down", "28P01": "refused the login", "XX000": "refused the statement",
		"25006": "read-only", "55000": "takes no connections", "AO001": store.ErrFenced.Error(),
	} {
		err := sqlstore.PostgresError(t.Context(), &pgconn.PgError{Code: code, Message: "canary", Detail: "canary", Hint: "canary"})
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", code, err)
		}
	}
}
