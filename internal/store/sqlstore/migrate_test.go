package sqlstore_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A migration of one dialect without its twin would let the schemas drift apart.
func TestDialects_Migrations_AreTheSame(t *testing.T) {
	names := func(dialect string) (all []string) {
		entries, err := os.ReadDir("migrations/" + dialect)
		must(t, err)
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return all
	}
	if diff := cmp.Diff(names("sqlite"), names("postgres")); diff != "" {
		t.Error(diff)
	}
}

func TestMigrations_Numbers_AreThoseFromOne(t *testing.T) {
	entries, err := os.ReadDir("migrations/sqlite")
	must(t, err)
	for n, e := range entries {
		if want := fmt.Sprintf("%05d_", n+1); !strings.HasPrefix(e.Name(), want) {
			t.Errorf("%s stands where %s is to be", e.Name(), want)
		}
	}
}

func TestDialects_Columns_AreTheSame(t *testing.T) {
	columns := map[string]string{
		"sqlite": `SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_xinfo(t.name) c
			WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN ('goose_db_version', 'writer') ORDER BY 1`,
		"postgres": `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'
			AND table_name NOT IN ('goose_db_version', 'dependents', 'queues', 'revisions_kept') ORDER BY (table_name || '.' || column_name) COLLATE "C"`,
	}
	found := map[string]string{}
	for dialect, query := range columns {
		address, foreign := dialects[dialect](t)
		open(t, address, options(t))
		rows, err := foreign.rows(query)
		must(t, err)
		for _, r := range rows {
			found[dialect] += r[0] + "\n"
		}
	}
	if diff := cmp.Diff(found["sqlite"], found["postgres"]); diff != "" || len(found["sqlite"]) < 500 {
		t.Error(diff)
	}
}

func TestMigrations_Newest_IsKnown(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		closeStore(t, open(t, address, o))
		closeStore(t, open(t, address, o)) // it would refuse a newer one
		rows, err := foreign.rows(`SELECT max(version_id) FROM goose_db_version`)
		must(t, err)
		entries, err := os.ReadDir("migrations/sqlite")
		must(t, err)
		if want := entries[len(entries)-1].Name(); !strings.HasPrefix(strings.TrimLeft(want, "0"), rows[0][0]+"_") {
			t.Errorf("version %s, newest file %s", rows[0][0], want)
		}
	})
}
