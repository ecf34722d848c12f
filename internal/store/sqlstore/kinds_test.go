package sqlstore_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

var migrateKind = flag.String("migrate-kind", "", "write the next migration, which brings the table of this kind and its triggers")

// go test ./internal/store/sqlstore -run TestKindMigration -migrate-kind SSHKey writes the files of both dialects.
func TestKindMigration_Write(t *testing.T) {
	if *migrateKind == "" {
		t.Skip("no -migrate-kind")
	}
	kind := store.Kind(*migrateKind)
	for dialect := range dialects {
		name := fmt.Sprintf("migrations/%s/%05d_%s.sql", dialect, sqlstore.NewestVersion+1, sqlstore.Kinds()[kind])
		must(t, os.WriteFile(name, []byte(sqlstore.KindMigration(kind, dialect)), 0o644)) //nolint:gosec // a source file
	}
}

// Given all kinds that claim rows, when the store's descriptions are looked at, then there is one of each.
func TestKinds_OfTheStore_AreDescribed(t *testing.T) {
	described := sqlstore.Kinds()
	for _, k := range store.ClaimingKinds {
		if described[k.Kind] == "" {
			t.Errorf("kinds has no description of %s", k.Kind)
		}
		delete(described, k.Kind)
	}
	for kind := range described {
		t.Errorf("%s is described and not in ClaimingKinds", kind)
	}
}

// Given the schema as all migrations made it, when the triggers of a kind are made again from its description, then they are the same:
// so the description, from which the next kind's are made, has all that history has.
func TestKindTriggers_OfEachKind_AreThoseOfTheSchema(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		s := open(t, address, options(t))
		dialect := s.Capabilities().Driver
		for kind, table := range sqlstore.Kinds() {
			made := sqlstore.KindTriggers(kind, dialect)
			before := triggers(t, foreign, dialect, table, made)
			for _, created := range creates.FindAllStringSubmatch(strings.Join(made, "\n"), -1) {
				drop(t, foreign, dialect, table, created[1], created[2])
			}
			must(t, foreign.exec(strings.Join(made, ";\n")))
			if diff := cmp.Diff(before, triggers(t, foreign, dialect, table, made)); diff != "" || len(before) == 0 {
				t.Errorf("%s (-schema +description):\n%s", kind, diff)
			}
		}
	})
}

// creates finds what a statement creates.
var creates = regexp.MustCompile(`CREATE (TRIGGER|FUNCTION) (\w+)`)

func drop(t *testing.T, foreign foreign, dialect, table, what, name string) {
	t.Helper()
	switch {
	case what == "FUNCTION":
		must(t, foreign.exec(`DROP FUNCTION `+name+` CASCADE`)) // with its trigger
	case dialect == "sqlite":
		must(t, foreign.exec(`DROP TRIGGER `+name))
	default:
		must(t, foreign.exec(`DROP TRIGGER IF EXISTS `+name+` ON `+table))
	}
}

// triggers are those of a table: all, and of the table of accounts, which has many for other ends, those that are made.
func triggers(t *testing.T, foreign foreign, dialect, table string, made []string) (all []string) {
	t.Helper()
	query := `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '` + table + `' ORDER BY name`
	if dialect == "postgres" {
		query = `SELECT t.tgname, pg_get_triggerdef(t.oid), p.prosrc, p.prosecdef, p.provolatile, p.proconfig::text, p.proacl::text
			FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE tgrelid = '` + table + `'::regclass AND NOT tgisinternal ORDER BY 1`
	}
	var names []string
	for _, created := range creates.FindAllStringSubmatch(strings.Join(made, "\n"), -1) {
		names = append(names, created[2])
	}
	rows, err := foreign.rows(query)
	must(t, err)
	for _, r := range rows {
		if table != "accounts" || slices.Contains(names, r[0]) {
			all = append(all, plain(strings.Join(r, " ")))
		}
	}
	return all
}

var comment, space = regexp.MustCompile(`--[^\n]*`), regexp.MustCompile(`\s+`)

// plain leaves out comments and how lines are broken.
func plain(text string) string {
	text = space.ReplaceAllString(comment.ReplaceAllString(text, " "), " ")
	return strings.NewReplacer("( ", "(", " )", ")").Replace(text)
}

// Given the description of a kind with one row an object, when its table is made from that, then it has the columns and the indexes of
// the one that history made.
func TestKindTable_OfConnections_IsThatOfTheSchema(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		s := open(t, address, options(t))
		dialect := s.Capabilities().Driver
		for _, text := range sqlstore.KindTable(store.KindCloudConnection, dialect) {
			must(t, foreign.exec(strings.ReplaceAll(text, "connections", "copies")))
		}
		for what, query := range map[string]map[string]string{
			"columns": {
				"sqlite":   `SELECT name, type, "notnull" FROM pragma_table_info('connections') ORDER BY name`,
				"postgres": `SELECT column_name, data_type, is_nullable, coalesce(collation_name, '') FROM information_schema.columns WHERE table_name = 'connections' ORDER BY 1`,
			},
			"indexes": {
				"sqlite":   `SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'connections' AND sql IS NOT NULL ORDER BY name`,
				"postgres": `SELECT indexdef FROM pg_indexes WHERE tablename = 'connections' ORDER BY indexname`,
			},
		} {
			want, err := foreign.rows(query[dialect])
			must(t, err)
			got, err := foreign.rows(strings.ReplaceAll(query[dialect], "connections", "copies"))
			must(t, err)
			text := func(rows [][]string) string { return strings.ReplaceAll(fmt.Sprint(rows), "copies", "connections") }
			if diff := cmp.Diff(text(want), text(got)); diff != "" || len(want) < 3 {
				t.Errorf("%s (-schema +description):\n%s", what, diff)
			}
		}
	})
}
