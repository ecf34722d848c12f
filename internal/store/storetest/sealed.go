package storetest

import (
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// sealed: whoever can write to the database can destroy a value, but not put one in the place of another.
var sealed = []promise{
	{"Sealed/no value is in any table", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "canary-value"})
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		for _, k := range store.ClaimingKinds {
			s.must(samples[k.Kind].put(s.ctx, s.fenced, claim(k.Kind, "sample", "sample"), account("alice"), mark("r")))
		}
		tables := s.tables()
		if len(tables) < 20 {
			s.Fatalf("there are only the tables %v", tables)
		}
		for _, table := range tables {
			rows, err := s.Rows(`SELECT * FROM ` + table)
			s.must(err)
			for _, row := range rows {
				if strings.Contains(strings.Join(row, " "), "canary") {
					s.Errorf("a value is in %s", table)
				}
			}
		}
	}},
	{"Sealed/a value moved to another variable, account or version does not open", movesValues},
	{"Sealed/a value cut short or made up does not open", func(s *scene) {
		cut := s.isCase("G26", "a variable", "cut or made up")
		s.put(account("alice"))
		for name, literal := range map[string]string{"empty": "", "a byte": "73", "plain": "7063616e617279", "text": "63616e617279"} {
			s.sync(account("alice"), set("a"), vars{"A": "1"})
			s.foreign(`UPDATE env_vars SET value = ` + s.bytes(literal))
			if got := s.look(account("alice"))[0]; !got.Unreadable || got.Value.Len() != 0 {
				s.Errorf("%s: %+v", name, got)
			}
			cut.Add(1)
		}
	}},
	{"Sealed/credentials moved to another connection do not open", func(s *scene) {
		moved := s.isCase("G26", "credentials", "moved to another row")
		s.put(account("alice"))
		for _, name := range []string{"one", "two"} {
			_, err := s.fenced.Connections().Put(s.ctx, connection(name), account("alice"), s3, mark("r"))
			s.must(err)
		}
		s.foreign(`UPDATE connections SET credentials = (SELECT o.credentials FROM connections o WHERE o.name = 'one') WHERE name = 'two'`)
		moved.Add(1)
		got, err := s.fenced.Connections().Get(s.ctx, connection("two"))
		s.must(err)
		if !got.Unreadable || len(got.Credentials) != 0 {
			s.Errorf("got %+v", got)
		}
	}},
	{"Sealed/no error holds a value", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		long := "canary-" + strings.Repeat("x", 1<<20)
		tooLong := s.fenced.SyncEnvVars(s.ctx, account("alice"), set("b"), plan(change(store.EnvVarSet, "B", long)))
		taken := s.fenced.SyncEnvVars(s.ctx, account("alice"), set("b"), plan(change(store.EnvVarSet, "A", "canary")))
		connected := s3
		connected.Credentials = map[string]store.Secret{"key": store.NewSecret([]byte(long))}
		_, tooMuch := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), connected, mark("r"))
		for _, err := range []error{tooLong, taken, tooMuch} {
			if err == nil || strings.Contains(err.Error(), "canary") || len(err.Error()) > 500 {
				s.Errorf("got %v", err)
			}
		}
	}},
}

// tables are all that the store has.
func (s *scene) tables() (all []string) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if s.Store.Capabilities().Driver == "postgres" {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
	}
	rows, err := s.Rows(query)
	s.must(err)
	for _, r := range rows {
		all = append(all, r[0])
	}
	return all
}

// bytes is a literal of binary content from its hexadecimal digits.
func (s *scene) bytes(hex string) string {
	if s.Store.Capabilities().Driver == "postgres" {
		return `'\x` + hex + `'::bytea`
	}
	return `X'` + hex + `'`
}

func movesValues(s *scene) {
	const from = `(SELECT v.value FROM env_vars v JOIN accounts a ON a.id = v.account_id WHERE v.name = 'A' AND a.name = 'alice')`
	moved := s.isCase("G26", "a variable", "moved to another row, or put into a newer one")
	s.put(account("alice"))
	s.put(account("bob"))
	s.sync(account("alice"), set("a"), vars{"A": "old", "B": "b"})
	s.sync(account("bob"), set("b"), vars{"A": "bob's"})
	s.foreign(`UPDATE env_vars SET value = ` + from + ` WHERE name = 'B'`)
	s.foreign(`UPDATE env_vars SET value = ` + from + ` WHERE owner_name = 'b'`)
	if got := s.look(account("alice")); got[0].Unreadable || !got[1].Unreadable {
		s.Errorf("another variable: %+v", got)
	}
	if got := s.look(account("bob")); !got[0].Unreadable {
		s.Errorf("another account: %+v", got)
	}
	s.foreign(`CREATE TABLE kept AS SELECT value FROM env_vars WHERE name = 'A' AND owner_name = 'a'`)
	older := func(what string) {
		s.foreign(`UPDATE env_vars SET value = (SELECT value FROM kept) WHERE name = 'A' AND owner_name = 'a'`)
		if got := s.look(account("alice")); !got[0].Unreadable {
			s.Errorf("%s: the older value opens in the newer row", what)
		}
	}
	s.sync(account("alice"), set("a"), vars{"A": "new"})
	older("written again")
	s.sync(account("alice"), set("a"), vars{})
	s.sync(account("alice"), set("a"), vars{"A": "newer"})
	older("deleted and written again")
	moved.Add(4)
}
