package sqlstore_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

func openReader(t testing.TB, address string, o sqlstore.Options) *sqlstore.Reader {
	t.Helper()
	r, err := sqlstore.OpenReader(t.Context(), address, o)
	must(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// idOf is the ID of one of the accounts of filled.
func idOf(t testing.TB, fenced store.FencedStore, name string) string {
	t.Helper()
	a, err := fenced.Account(t.Context(), claim(store.KindAccount, name))
	must(t, err)
	return a.ID
}

// readValues are an account's variables as text.
func readValues(t testing.TB, r *sqlstore.Reader, id string) map[string]string {
	t.Helper()
	vars, err := r.EnvVars(t.Context(), id)
	must(t, err)
	values := map[string]string{}
	for _, v := range vars {
		values[v.Name] = string(v.Value.Reveal())
		if v.Unreadable {
			values[v.Name] = "(unreadable)"
		}
	}
	return values
}

// Given a manager that leads, when another program opens the store for reading, then it reads what each account holds, and no more, and
// sees what is written after.
func TestReader_BesideAManager_ReadsWhatAnAccountHolds(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		o := options(t)
		fenced := filled(t, open(t, address, o))
		alice := idOf(t, fenced, "alice")
		r := openReader(t, address, o)
		must(t, r.Ping(t.Context()))
		if diff := cmp.Diff(map[string]string{"TOKEN": "canary-token"}, readValues(t, r, alice)); diff != "" {
			t.Error(diff)
		}
		all, err := r.Connections(t.Context(), alice)
		must(t, err)
		if len(all) != 1 || all[0].Type != "AmazonS3" || string(all[0].Credentials["key"].Reveal()) != "canary-key" || all[0].Unreadable {
			t.Errorf("connections: %+v", all)
		}
		must(t, setVar(t, fenced, "A", "1"))
		must(t, setVar(t, fenced, "TOKEN", "rotated"))
		if diff := cmp.Diff(map[string]string{"A": "1", "TOKEN": "rotated"}, readValues(t, r, alice)); diff != "" {
			t.Error(diff)
		}
		vars, err := r.EnvVars(t.Context(), alice)
		must(t, err)
		if vars[0].Name != "A" {
			t.Errorf("the names are not sorted: %s comes first", vars[0].Name)
		}
	})
}

func TestReader_AccountThatHoldsNothing_HasNothing(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		o := options(t)
		bob := idOf(t, filled(t, open(t, address, o)), "bob")
		r := openReader(t, address, o)
		if none, err := r.Connections(t.Context(), bob); err != nil || len(none) != 0 || len(readValues(t, r, bob)) != 0 {
			t.Errorf("bob has %v, %v", none, err)
		}
	})
}

func TestReader_IDOfNoLiveAccount_IsNotFound(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		o := options(t)
		fenced := filled(t, open(t, address, o))
		r := openReader(t, address, o)
		alice := idOf(t, fenced, "alice")
		must(t, fenced.DeleteAccount(t.Context(), claim(store.KindAccount, "alice"), store.Deletion{}))
		for _, id := range []string{alice, "", "0", "-1", "+2", "02", " 2", "2 ", "999", "99999999999999999999", "alice", "2 OR 1=1"} {
			vars, err := r.EnvVars(t.Context(), id)
			all, errC := r.Connections(t.Context(), id)
			if !errors.Is(err, store.ErrNotFound) || !errors.Is(errC, store.ErrNotFound) || len(vars)+len(all) > 0 {
				t.Errorf("%q: got %v, %v and %v, %v", id, vars, err, all, errC)
			}
		}
	})
}

// Given values that another program moved or altered, when they are read, then each says that it does not open, and the others do.
func TestReader_AlteredValue_IsUnreadableAndNoOther(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		fenced := filled(t, open(t, address, o))
		must(t, setVar(t, fenced, "MOVED", "canary-moved"))
		must(t, foreign.exec(`UPDATE env_vars SET value = (SELECT value FROM env_vars WHERE name = 'TOKEN') WHERE name = 'MOVED'`))
		must(t, foreign.exec(`UPDATE connections SET version = version + 1`))
		r := openReader(t, address, o)
		alice := idOf(t, fenced, "alice")
		if diff := cmp.Diff(map[string]string{"MOVED": "(unreadable)", "TOKEN": "canary-token"}, readValues(t, r, alice)); diff != "" {
			t.Error(diff)
		}
		if all, err := r.Connections(t.Context(), alice); err != nil || !all[0].Unreadable || len(all[0].Credentials) != 0 {
			t.Errorf("connections: %+v, %v", all, err)
		}
	})
}

// Given a reader, when it would write, then its very session is refused, whatever its rights.
func TestReader_Write_IsRefusedByTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		o := options(t)
		fenced := filled(t, open(t, address, o))
		r := openReader(t, address, o)
		if err := r.Try(t.Context(), `DELETE FROM env_vars`); err == nil {
			t.Error("it wrote")
		}
		if got := value(t, fenced, "TOKEN"); got != "canary-token" {
			t.Errorf("the value is %q", got)
		}
	})
}

func TestOpenReader_StoreThatItCannotRead_SaysWhy(t *testing.T) {
	refuses := func(t *testing.T, address string, o sqlstore.Options, want string) {
		t.Helper()
		_, err := sqlstore.OpenReader(t.Context(), address, o)
		startup := (*store.StartupError)(nil)
		if !errors.As(err, &startup) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, wanted %s", err, want)
		}
	}
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		if strings.HasPrefix(address, "sqlite:") {
			refuses(t, address, o, "does not exist")
		} else {
			refuses(t, address, o, "version 0 and is too old to be read")
		}
		closeStore(t, open(t, address, o))
		refuses(t, address, options(t), "sealed with another keyset")
		must(t, foreign.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, $1)`, true))
		refuses(t, address, o, "the schema of the store has version 99")
	})
	if _, err := sqlstore.OpenReader(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "a.db"), sqlstore.Options{}); err == nil {
		t.Error("opened without a sealer")
	}
}

// Given a login that has the reader's role alone, when it opens the store for reading, then it reads what accounts hold; and it may see no
// other column of any table, nor write one.
func TestOpenReader_RoleOfAReader_SufficesAndGivesNoMore(t *testing.T) {
	address, admin := newPostgres(t)
	o := options(t)
	s := open(t, address, o)
	fenced := filled(t, s)
	const role = "reader_of_accounts"
	must(t, s.GiveRights(t.Context(), sqlstore.Roles{Reader: role}))
	t.Cleanup(func() { _ = admin.exec(`DROP OWNED BY ` + role + `; DROP ROLE ` + role) })
	login(t, address, admin, "reading_login", `GRANT `+role)
	r := openReader(t, as(t, address, "reading_login"), o)
	alice := idOf(t, fenced, "alice")
	if diff := cmp.Diff(map[string]string{"TOKEN": "canary-token"}, readValues(t, r, alice)); diff != "" {
		t.Error(diff)
	}
	if all, err := r.Connections(t.Context(), alice); err != nil || len(all) != 1 {
		t.Errorf("connections: %v, %v", all, err)
	}
	if all, _, err := r.SSHKeysAt(t.Context(), alice); err != nil || len(all) != 1 {
		t.Errorf("keys: %v, %v", all, err)
	}
	may, err := admin.rows(`SELECT c.relname, string_agg(a.attname, ', ' ORDER BY a.attnum)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
			AND has_column_privilege('reading_login', c.oid, a.attnum, 'SELECT') GROUP BY c.relname ORDER BY c.relname`)
	must(t, err)
	if diff := cmp.Diff([][]string{
		{"account_revisions", "account_id, changed, raised"},
		{"accounts", "id, deleted_at"},
		{"connections", "id, account_id, display_name, type, bucket, region, endpoint, credentials, version"},
		{"env_vars", "account_id, name, value, version"},
		{"goose_db_version", "version_id, is_applied"},
		{"identity", "store_id, incarnation, vouched"},
		{"reader_keys", "id, name, hash, rights, accounts, created_at, expires_at"},
		{"reader_reads", "account_id, hour, reader, reads"},
		{"reader_revocations", "count"},
		{"reader_tokens", "hash, account_id, rights, made_by, expires_at"},
		{"revisions_kept", "since"},
		{"seal_check", "id, value"},
		{"ssh_keys", "id, account_id, type, key, comment, version"},
	}, may); diff != "" {
		t.Error(diff)
	}
	writes, err := admin.rows(`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S')
		AND (has_any_column_privilege('reading_login', c.oid, 'INSERT, UPDATE') OR has_table_privilege('reading_login', c.oid, 'DELETE, TRUNCATE, TRIGGER')) ORDER BY 1`)
	must(t, err)
	if diff := cmp.Diff([][]string{{"reader_reads"}, {"reader_tokens"}}, writes); diff != "" {
		t.Error("what a reader may write: ", diff)
	}
	readersWork(t, as(t, address, "reading_login"), s, o, alice)
}

// readersWork holds a login to all that serves readers, and to nothing of what administers them.
func readersWork(t *testing.T, address string, admin *sqlstore.Store, o sqlstore.Options, account string) {
	t.Helper()
	number, err := strconv.ParseInt(account, 10, 64)
	must(t, err)
	o.WithoutLock, o.WithoutFactors, o.MigrateOnOpen = true, true, false
	s := open(t, address, o)
	_, key := createKey(t, admin, scraper)
	if _, is := valid(t, s, key); !is {
		t.Error("the key is not valid")
	}
	token, err := s.CreateReaderToken(t.Context(), store.ReaderToken{Account: number, Rights: []string{"env"}, By: "x", Expires: time.Now().Add(time.Hour)})
	must(t, err)
	_, err = s.ReaderToken(t.Context(), token)
	must(t, err)
	for range 2 {
		must(t, s.CountReads(t.Context(), []store.ReadCount{{Reader: "x", Account: number, Hour: time.Now(), Reads: 1}}))
	}
	_, cursor, err := s.ChangedSince(t.Context(), "")
	must(t, err)
	_, _, err = s.ChangedSince(t.Context(), cursor)
	must(t, err)
	if _, _, err := s.CreateReaderKey(t.Context(), scraper); err == nil {
		t.Error("a reader made a key")
	}
	if err := s.RevokeReaderKeys(t.Context(), "scraper", ""); err == nil {
		t.Error("a reader revoked a key")
	}
}
