package sqlstore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
)

// refused opens and wants a startup error that says this, and no password.
func refused(t *testing.T, address string, o sqlstore.Options, want string) {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), address, o)
	if err == nil {
		closeStore(t, s)
		t.Fatal("opened")
	}
	startup := (*store.StartupError)(nil)
	if !errors.As(err, &startup) || startup.NextStep == "" || !strings.Contains(err.Error(), want) {
		t.Errorf("got %T %v, wanted %s", err, err, want)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the password is in %v", err)
	}
}

func TestOpen_MalformedAddress_IsRefused(t *testing.T) {
	for address, want := range map[string]string{
		"":                                     "is empty",
		"accounts.db":                          "no scheme",
		"user:hunter2@host/db":                 "no scheme",
		"mysql://user:hunter2@host/db":         "neither sqlite nor postgres",
		"hunter2://x":                          "neither sqlite nor postgres",
		"sqlite://relative/accounts.db":        "has a host where SQLite has none",
		"sqlite://user:hunter2@host/x.db":      "has a host where SQLite has none",
		"sqlite:///x.db?mode=hunter2":          "parameters",
		"sqlite:///":                           "names no file",
		"sqlite:///folder/":                    "names no file",
		"sqlite:///%zzhunter2":                 "malformed",
		"postgres://user:hunter2@[::1/db":      "malformed",
		"postgres://user:hunter2@host:port/db": "malformed",
		"postgres://user:hunter2@host/db?connect_timeout=hunter2": "malformed",
		"sqlite:///no/such/folder/accounts.db":                    "folder",
		"sqlite://" + os.TempDir():                                "cannot be opened",
	} {
		t.Run(address, func(t *testing.T) { refused(t, address, options(t), want) })
	}
}

func TestOpen_PostgresUnreachable_SaysWhy(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://user:hunter2@127.0.0.1:1/db":                             "refuses connections",
		"postgres://user:hunter2@/db?host=/no/such/folder":                   "socket",
		"postgres://user:hunter2@no-such-host.invalid/db":                    "not known",
		strings.Replace(server.URL("missing"), "?", "?password=hunter2&", 1): "does not exist",
	} {
		s, err := sqlstore.Open(t.Context(), address, options(t))
		if err == nil {
			closeStore(t, s)
			t.Fatal("opened")
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

func TestOpen_FileThatIsNoDatabase_IsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accounts.db")
	must(t, os.WriteFile(path, []byte(strings.Repeat("this is a text, not a database\n", 100)), 0o600))
	refused(t, "sqlite://"+path, options(t), " cannot be used: ")
}

func TestOpen_NewerSchema_IsRefused(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		closeStore(t, open(t, address, o))
		must(t, foreign.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, $1)`, true))
		refused(t, address, o, "the schema of the store has version")
	})
}

func TestLead_OlderSchema_IsRefused(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		o := options(t)
		o.MigrateOnOpen = false
		s := open(t, address, o)
		startup := (*store.StartupError)(nil)
		if _, err := s.Lead(t.Context(), "c", "l"); !errors.As(err, &startup) || !strings.Contains(err.Error(), "is older than this binary") {
			t.Errorf("got %v", err)
		}
		must(t, s.Migrate(t.Context()))
		must(t, s.Migrate(t.Context()))
		filled(t, s)
	})
}

// Several replicas start at once.
func TestMigrate_SeveralManagersAtOnce_Succeeds(t *testing.T) {
	address, _ := newPostgres(t)
	o := options(t)
	o.MigrateOnOpen = false
	errs := make(chan error)
	for range 4 {
		s := open(t, address, o)
		go func() { errs <- s.Migrate(t.Context()) }()
	}
	for range 4 {
		must(t, await.Value(t, errs))
	}
}

// The server answers with three different errors to IF NOT EXISTS where another session is making the same table; two are rare.
func TestMigrationsLock_ManagersMakeItsTableAtOnce_EachGetsIt(t *testing.T) {
	address, foreign := newPostgres(t)
	for range 40 {
		must(t, foreign.exec(`DROP TABLE IF EXISTS migrating`))
		start, errs := make(chan struct{}), make(chan error)
		const managers = 6
		for range managers {
			conn, err := pgx.Connect(t.Context(), address)
			must(t, err)
			go func() {
				await.Value(t, start)
				err := sqlstore.LockMigrations(t.Context(), conn)
				errs <- errors.Join(err, conn.Close(context.WithoutCancel(t.Context())))
			}()
		}
		close(start)
		for range managers {
			must(t, await.Value(t, errs))
		}
	}
}

func TestOpen_ForeignKeyset_IsRefused(t *testing.T) {
	sealed, unsealed := options(t), options(t)
	unsealed.Sealer = seal.Unsealed()
	for name, test := range map[string]struct {
		first, then sqlstore.Options
		want        string
	}{
		"another keyset":          {sealed, options(t), "another keyset"},
		"unsealed after sealed":   {sealed, unsealed, "is sealed, and no keyset"},
		"sealed after unsealed":   {unsealed, sealed, "holds its values unsealed"},
		"another keyset, migrate": {sealed, options(t), "another keyset"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, address string, foreign foreign) {
				s := open(t, address, test.first)
				filled(t, s)
				closeStore(t, s)
				test.then.MigrateOnOpen = strings.Contains(name, "migrate")
				refused(t, address, test.then, test.want)
				rows, err := foreign.rows(`SELECT epoch FROM leaders`)
				must(t, err)
				if rows[0][0] != "1" {
					t.Errorf("epoch %s", rows[0][0])
				}
				filledAgain := open(t, address, test.first)
				closeStore(t, filledAgain)
			})
		})
	}
}

func TestOpen_WithoutKeyset_Works(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		o := options(t)
		o.Sealer = seal.Unsealed()
		s := open(t, address, o)
		fenced := filled(t, s)
		if got := value(t, fenced, "TOKEN"); got != "canary-token" {
			t.Errorf("got %q", got)
		}
		var dump strings.Builder
		must(t, s.Dump(t.Context(), &dump))
		if strings.Contains(dump.String(), "canary") {
			t.Error("the dump shows a value")
		}
	})
}

// value reads one of alice's variables.
func value(t testing.TB, fenced store.FencedStore, name string) (got string) {
	t.Helper()
	must(t, read(t, fenced, name, &got))
	return got
}

func read(t testing.TB, fenced store.FencedStore, name string, into *string) error {
	return fenced.SyncEnvVars(t.Context(), claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "reader"),
		func(have []store.EnvVar) store.EnvVarPlan {
			for _, v := range have {
				if v.Name == name && !v.Unreadable {
					*into = string(v.Value.Reveal())
				}
			}
			return store.EnvVarPlan{}
		})
}
