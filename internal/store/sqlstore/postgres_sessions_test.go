package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// login makes a role that may log in and do what the grants say, and returns a program that runs as it.
func login(t testing.TB, address string, admin foreign, role string, grants ...string) foreign {
	t.Helper()
	must(t, admin.exec(`CREATE ROLE `+role+` LOGIN`))
	t.Cleanup(func() { _ = admin.exec(`DROP OWNED BY ` + role + `; DROP ROLE ` + role) })
	for _, grant := range grants {
		must(t, admin.exec(grant+` TO `+role))
	}
	return openForeign(t, "pgx", as(t, address, role))
}

// as is the address for another role.
func as(t testing.TB, address, role string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	query := u.Query()
	query.Set("user", role)
	u.RawQuery = query.Encode()
	return u.String()
}

// serviceGrants are those of docs/stores.md.
var serviceGrants = []string{
	`GRANT SELECT (id, email_key, deleted_at) ON accounts`,
	`GRANT SELECT, INSERT, UPDATE, DELETE ON teams, team_members, machines, clusters, instances, volumes, notification_prefs`,
}

// Whoever reads the page gives the rights that the command gives.
func TestPostgresRoles_RightsOfAService_AreThoseOfTheManual(t *testing.T) {
	page, err := os.ReadFile("../../../docs/stores.md")
	must(t, err)
	given := sqlstore.Roles{Service: "cloud"}.String()
	for _, grant := range serviceGrants {
		if !strings.Contains(string(page), grant+" TO cloud;") || !strings.Contains(given, grant+` TO "cloud";`) {
			t.Errorf("the page or the command does not have %q", grant)
		}
	}
	if n := strings.Count(given, "GRANT"); n != len(serviceGrants)+1 { // and USAGE of the schema
		t.Errorf("the command gives %d rights: %s", n, given)
	}
}

// otherProgram is a session of another program: what it sets and makes stays until the test is over.
type otherProgram struct {
	testing.TB
	conn *sql.Conn
}

func session(t testing.TB, f foreign) otherProgram {
	t.Helper()
	conn, err := f.db.Conn(f.ctx)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return otherProgram{t, conn}
}

func (p otherProgram) try(query string, args ...any) error {
	_, err := p.conn.ExecContext(p.Context(), query, args...)
	return err
}

func (p otherProgram) must(query string, args ...any) {
	p.Helper()
	if err := p.try(query, args...); err != nil {
		p.Fatalf("%s: %v", query, err)
	}
}

// Given a service with the rights of docs/stores.md, when it calls itself the manager by the session's setting and uses the function
// that queues mails on a table of its own, then no mail is queued for any account.
func TestPostgresService_TriggerOfOursOnItsOwnTable_IsRefused(t *testing.T) {
	address, admin := newPostgres(t)
	fenced := filled(t, open(t, address, options(t)))
	mailed(t, fenced)
	g := session(t, login(t, address, admin, "cloud_trigger", serviceGrants...))
	g.must(`SET account_operator.writer = 'on'`)
	g.must(`CREATE TEMPORARY TABLE mine (id BIGINT, email TEXT, email_key TEXT, password_hash TEXT, deleted_at TIMESTAMPTZ, email_verified_at TIMESTAMPTZ)`)
	err := g.try(`CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION public.account_operator_accounts_mail()`)
	if err == nil || !strings.Contains(err.Error(), "42501") {
		t.Errorf("got %v", err)
	}
	g.must(`INSERT INTO mine (id, email, email_key) SELECT id, 'mallory@example.com', 'mallory@example.com' FROM accounts`)
	if mails := mailed(t, fenced); len(mails) != 0 {
		t.Errorf("the service had mails sent: %v", mails)
	}
}

// mailed takes the mails that wait.
func mailed(t testing.TB, fenced store.FencedStore) []store.Mail {
	t.Helper()
	mails, _, err := fenced.TakeMails(t.Context(), true, 100, 1<<40)
	must(t, err)
	return mails
}

// Given the schema, whatever migrations made, then no function of it can be called by everybody, and each looks only where it should.
func TestPostgresFunctions_AreOursAlone(t *testing.T) {
	address, admin := newPostgres(t)
	open(t, address, options(t))
	login(t, address, admin, "nobody_in_particular")
	rows, err := admin.rows(`SELECT oid::regprocedure, has_function_privilege('nobody_in_particular', oid, 'EXECUTE'),
			coalesce(array_to_string(proconfig, ' '), '')
		FROM pg_proc WHERE pronamespace = 'public'::regnamespace`)
	must(t, err)
	if len(rows) < 20 {
		t.Fatalf("%d functions", len(rows))
	}
	for _, r := range rows {
		if r[1] != "false" {
			t.Errorf("everybody may call %s; its migration has to end with SELECT account_operator_guard()", r[0])
		}
		if r[2] != "search_path=public, pg_temp" {
			t.Errorf("%s has the settings %q", r[0], r[2])
		}
	}
}

// soon is a context that ends when a feed that says nothing should have.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// Given a program that says of itself that it is the manager, when it changes an account, then the leader hears of it nonetheless.
func TestPostgresFeed_WriterSettingOfAnotherProgram_HidesNothing(t *testing.T) {
	address, admin := newSchema(t)
	fenced := filled(t, open(t, address, options(t)))
	g := session(t, login(t, address, admin, "cloud_hider", append(serviceGrants, `GRANT SELECT, UPDATE ON accounts`)...))
	feed, err := fenced.Changes(soon(t))
	must(t, err)
	for _, as := range []string{"on", "", "ours"} {
		g.must(`SELECT set_config('account_operator.writer', $1, false)`, as)
		g.must(`UPDATE accounts SET username = username || 'x' WHERE name = 'bob'`)
		if c := heard(feed); c != claim(store.KindAccount, "bob") {
			t.Errorf("with the setting %q: heard %v", as, c)
		}
	}
}

// Given a change that waits to be read, when another program's transaction changes the same account and stays open, then the leader hears
// of what is committed at once, and of the rest when that transaction ends.
func TestPostgresFeed_TransactionLeftOpen_HoldsNothingBack(t *testing.T) {
	address, admin := newSchema(t)
	fenced := filled(t, open(t, address, options(t)))
	must(t, admin.exec(`UPDATE accounts SET username = 'x' WHERE name = 'bob'`))
	g := session(t, login(t, address, admin, "cloud_open", append(serviceGrants, `GRANT SELECT, UPDATE ON accounts`)...))
	g.must(`BEGIN`)
	g.must(`UPDATE accounts SET username = 'y' WHERE name = 'bob'`)
	feed, err := fenced.Changes(soon(t))
	must(t, err)
	if c := heard(feed); c != claim(store.KindAccount, "bob") {
		t.Errorf("heard %v", c)
	}
	g.must(`COMMIT`)
	if c := heard(feed); c != claim(store.KindAccount, "bob") {
		t.Errorf("heard %v after the commit", c)
	}
	for n := "1"; n != "0"; {
		rows, err := admin.rows(`SELECT count(*) FROM changes`)
		must(t, err)
		n = rows[0][0]
	}
}

// Given a login that holds all advisory locks it can name, when a manager leads and writes, then neither waits.
func TestPostgresAdvisoryLocks_HeldByAnotherLogin_StopNobody(t *testing.T) {
	address, admin := newSchema(t)
	s := open(t, address, options(t))
	g := session(t, login(t, address, admin, "cloud_locker", serviceGrants...))
	g.must(`SELECT pg_advisory_lock(hashtextextended('c l', 0)), pg_advisory_lock(hashtextextended('account_operator Heir bob', 0))`)
	filled(t, s)
	fenced, err := s.Lead(t.Context(), "c", "l")
	must(t, err)
	must(t, setVar(t, fenced, "TOKEN", "x"))
	rows, err := admin.rows(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid NOT IN
		(SELECT pid FROM pg_stat_activity WHERE usename = 'cloud_locker')`)
	must(t, err)
	if rows[0][0] != "0" {
		t.Errorf("%s advisory locks are held by managers", rows[0][0])
	}
}

// Given a manager with the rights of its role only, when the schema is older than it knows, then it says who has to do what.
func TestPostgresManagerRole_OlderSchema_SaysWhoMigrates(t *testing.T) {
	address, admin := newSchema(t)
	must(t, admin.exec(`DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`))
	startup := (*store.StartupError)(nil)
	err := opening(t, address, options(t))
	if !errors.As(err, &startup) || !strings.Contains(err.Error(), "manager store migrate") || !strings.Contains(err.Error(), "owner") {
		t.Errorf("got %v", err)
	}
}
