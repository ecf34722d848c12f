package sqlstore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/fault"
	longform "github.com/account-operator/account-operator/test/long"
)

// hostile is a service that does whatever its rights let it try.
type hostile struct {
	*rand.Rand
	tables, functions, theirs []string
}

// surroundings are what the login sees in the catalog.
func surroundings(t *testing.T, f foreign, seed uint64) *hostile {
	t.Helper()
	h := &hostile{Rand: rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // what is tried need not be secret
	for query, into := range map[string]*[]string{
		`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1`: &h.tables,
		`SELECT proname || '(' || (SELECT coalesce(string_agg('{' || t || '}', ', '), '') FROM unnest(proargtypes::regtype[]) t) || ')'
			FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`: &h.functions,
		`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'DELETE') ORDER BY 1`: &h.theirs,
	} {
		rows, err := f.rows(query)
		must(t, err)
		for _, r := range rows {
			*into = append(*into, r[0])
		}
	}
	if len(h.tables) < 20 || len(h.functions) < 20 || len(h.theirs) != 7 {
		t.Fatalf("it sees %d tables and %d functions, and writes %v", len(h.tables), len(h.functions), h.theirs)
	}
	return h
}

func (h *hostile) one(of ...string) string { return of[h.IntN(len(of))] }

// tries are the kinds of statements; {table}, {theirs}, {function}, {value} and {key} are drawn for each.
var tries = []string{
	`SELECT {function}`, `SELECT {function} FROM generate_series(1, 50)`, `SELECT * FROM {table}`, `SELECT * FROM {table} FOR UPDATE`,
	`SELECT id, email_key FROM accounts FOR SHARE`, `DELETE FROM {table}`, `TRUNCATE {table}`, `DROP TABLE {table}`,
	`ALTER TABLE {table} DISABLE TRIGGER ALL`, `UPDATE {table} SET account_id = 1`, `UPDATE accounts SET email = 'mallory@example.com'`,
	`INSERT INTO {table} DEFAULT VALUES`, `INSERT INTO mails (account_id, kind, recipient) VALUES (1, 'ResetPassword', 'mallory@example.com')`,
	`UPDATE leaders SET epoch = 100`, `INSERT INTO leaders VALUES ('c', 'l', 100)`, `COPY {table} TO STDOUT`,
	`LOCK TABLE {table} IN {mode} MODE`, `BEGIN; LOCK TABLE {table} IN {mode} MODE`, `BEGIN; DELETE FROM {theirs}`,
	`BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT s`, `ROLLBACK TO s`,
	`SET account_operator.writer = '{value}'`, `SELECT set_config('account_operator.writer', '{value}', {bool})`,
	`SET search_path = {path}`, `SET ROLE postgres`, `SET SESSION AUTHORIZATION postgres`, `SET session_replication_role = replica`,
	`SET statement_timeout = 0`, `SET idle_in_transaction_session_timeout = 0`, `RESET ALL`, `DISCARD TEMP`,
	`CREATE TEMPORARY TABLE {table} (id BIGINT, cluster TEXT, lease TEXT, epoch BIGINT, token BYTEA, email TEXT, account_id BIGINT)`,
	`INSERT INTO pg_temp.{table} (id, account_id) VALUES (1, 1)`, `CREATE TRIGGER t AFTER INSERT ON pg_temp.{table} FOR EACH ROW EXECUTE FUNCTION public.{trigger}()`,
	`CREATE TEMPORARY VIEW {table} AS SELECT 1 AS id`, `CREATE TRIGGER t AFTER INSERT ON {theirs} FOR EACH ROW EXECUTE FUNCTION public.{trigger}()`,
	`CREATE FUNCTION pg_temp.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.{function}; RETURN NULL; END $$`,
	`CREATE TABLE public.mine (id BIGINT REFERENCES accounts (id))`, `CREATE FUNCTION public.account_operator_own() RETURNS boolean LANGUAGE sql AS 'SELECT true'`,
	`SELECT pg_advisory_lock({key})`, `SELECT pg_advisory_xact_lock({key})`, `SELECT pg_terminate_backend(pid), pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename <> current_user`,
	`NOTIFY account_operator`, `SELECT pg_notify('account_operator', i::text) FROM generate_series(1, 500) AS i`, `LISTEN account_operator`,
	`INSERT INTO notification_prefs SELECT id, 'type-{number}', 'Enabled' FROM accounts`, `UPDATE notification_prefs SET email = 'Disabled'`,
	`DELETE FROM {theirs}`, `INSERT INTO {owned} (id, account_id) SELECT 'x{number}', id FROM accounts LIMIT 1`,
	`INSERT INTO teams (id, owner_id) SELECT 't{number}', id FROM accounts LIMIT 1`, `UPDATE teams SET owner_id = (SELECT max(id) FROM accounts)`,
	`GRANT ALL ON {table} TO PUBLIC`, `ALTER ROLE postgres LOGIN`, `SELECT * FROM pg_stat_activity`, `SELECT setval('accounts_id_seq', 1)`,
	`SELECT nextval('accounts_id_seq')`, `SELECT lo_create(0)`, `SELECT pg_read_file('/etc/passwd')`, `DO $$ BEGIN PERFORM {function}; END $$`,
}

// statement draws one.
func (h *hostile) statement() string {
	name, _, _ := strings.Cut(h.one(h.functions...), "(")
	draw := strings.NewReplacer(
		"{function}", h.one(h.functions...), "{table}", h.one(h.tables...), "{theirs}", h.one(h.theirs...), "{trigger}", name,
		"{owned}", h.one("machines", "clusters", "instances", "volumes"), "{number}", fmt.Sprint(h.IntN(20)), "{bool}", h.one("true", "false"),
		"{value}", h.one("on", "ours", "", "c", fmt.Sprint(h.Uint64())), "{path}", h.one("pg_temp", "pg_temp, public", "public", `""`),
		"{mode}", h.one("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"),
		"{key}", h.one("1", "5887940537704921958", "hashtextextended('c l', 0)", "hashtextextended('account_operator Heir bob', 0)", fmt.Sprint(h.Int64())),
	)
	text := draw.Replace(h.one(tries...))
	return strings.NewReplacer(
		"{text}", h.one(`'c'`, `'l'`, `''`, `NULL`, `'Account'`, fmt.Sprintf("'%d'", h.IntN(1000))), "{bigint}", fmt.Sprint(h.IntN(4)),
		"{boolean}", h.one("true", "false"), "{bytea}", `'\x00'`, "{accounts}", "NULL", "{trigger}", "NULL",
	).Replace(text)
}

// rowsOfKinds reads the rows of every kind, but for the variable that the manager writes meanwhile, of which it reads whose it is.
func rowsOfKinds() (queries []string) {
	for kind, table := range sqlstore.Kinds() {
		what := `t::text`
		if kind == store.KindEnvVarSet {
			what = `account_id, name, owner_uid`
		}
		queries = append(queries, `SELECT `+what+` FROM `+table+` t ORDER BY 1`)
	}
	slices.Sort(queries)
	return queries
}

// protected is all that no service may change, by its rights or by what follows from them.
func protected(t *testing.T, admin foreign) (all []string) {
	t.Helper()
	for _, query := range append(rowsOfKinds(), []string{
		`SELECT m::text FROM mails m ORDER BY id`, `SELECT l::text FROM links l`, `SELECT f::text FROM factors f`, `SELECT s::text FROM seal_check s`,
		`SELECT l::text FROM leaders l`, `SELECT cluster, kind, uid, record FROM applied ORDER BY 1, 2, 3`, `SELECT version_id::text FROM goose_db_version ORDER BY id`,
		`SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1`,
		`SELECT oid::regprocedure::text, proacl::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
	}...) {
		rows, err := admin.rows(query)
		must(t, err)
		for _, r := range rows {
			all = append(all, strings.Join(r, " "))
		}
	}
	return all
}

// Given a service with the rights of docs/stores.md that tries whatever it can say, when a manager works beside it, then nothing changes
// that is not the service's, no write of the manager is held up for a term of the Lease, and neither the manager nor the table that
// wakes it grows.
func TestPostgresService_HostileStatements_ChangeNothingOfOthersAndStopNobody(t *testing.T) {
	statements := longform.Choose(300, 10_000)
	counted := fault.Begin(t, fault.Case{
		Goal: "G29", Workload: "a write again and again", Trigger: "random statements", Action: "of a service's login", Dialect: "postgres",
	})
	address, admin := newSchema(t)
	o := options(t)
	o.IdleTimeout = 500 * time.Millisecond
	fenced := filled(t, open(t, address, o))
	_, err := fenced.Changes(t.Context()) // nobody reads it
	must(t, err)
	cloud := login(t, address, admin, "cloud_hostile")
	must(t, admin.exec(sqlstore.Roles{Service: "cloud_hostile"}.String()))
	h := surroundings(t, cloud, 1)
	before, memory := protected(t, admin), heap()

	ctx, stop := context.WithCancel(t.Context())
	longest := make(chan time.Duration)
	go func() {
		longest <- slowest(ctx, func() error { return setVar(t, fenced, "TOKEN", "canary-token") })
	}()
	attack(t, as(t, address, "cloud_hostile"), h, statements)
	stop()
	counted.Add(int64(statements))

	if waited := await.Value(t, longest); waited > leaseTerm {
		t.Errorf("a write took %s", waited)
	}
	if diff := cmp.Diff(before, protected(t, admin)); diff != "" {
		t.Errorf("the service changed what is not its own: %s", diff)
	}
	if grown := heap() - memory; grown > 32<<20 {
		t.Errorf("the manager grew by %d bytes", grown)
	}
	rows, err := admin.rows(`SELECT count(*) FROM changes`)
	must(t, err)
	if len(rows[0][0]) > 2 {
		t.Errorf("%s claims wait to be read, of two accounts", rows[0][0])
	}
	if got := value(t, fenced, "TOKEN"); got != "canary-token" {
		t.Errorf("the variable is %q", got)
	}
}

// attack runs statements, half a second each at most, in sessions that stay until they are ended.
func attack(t *testing.T, address string, h *hostile, statements int) {
	t.Helper()
	var conn *pgx.Conn
	for range statements {
		if conn == nil || conn.IsClosed() {
			var err error
			conn, err = pgx.Connect(t.Context(), address)
			must(t, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		if conn.PgConn().TxStatus() == 'E' { // or nothing of what comes would count
			_, _ = conn.Exec(ctx, `ROLLBACK`)
		}
		_, _ = conn.Exec(ctx, h.statement(), pgx.QueryExecModeSimpleProtocol)
		cancel()
	}
	_ = conn.Close(t.Context())
}

// slowest writes until ctx ends, and returns how long the slowest write took, with all that it was tried again.
func slowest(ctx context.Context, write func() error) (longest time.Duration) {
	for ctx.Err() == nil {
		began := time.Now()
		for write() != nil && time.Since(began) < 2*leaseTerm {
		}
		longest = max(longest, time.Since(began))
	}
	return longest
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
