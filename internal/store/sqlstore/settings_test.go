package sqlstore_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// notSettings are the columns of accounts that no leaf of store.Settings names.
var notSettings = []string{
	"id", "created_at", "deleted_at", "purged_at", // the row itself
	"email", "email_key", "email_change", "email_named", "email_verified_at", "email_changed_at", "password_hash", "two_factor_policy", // what lets the holder in
	"referral_code", "referred_by",
	"cluster", "namespace", "namespace_uid", "name", "uid", // whose it is
	"retained_cluster", "retained_namespace", "retained_namespace_uid", "retained_name", "retained_uid", "retained_email_key", "managed",
	"access_suspended_at", "ways_in_ended_at", "deletion_requested_at", "holder_deleted_at", // how it ends
}

func TestSettings_ComparedWithTheSchema_NoneIsMissing(t *testing.T) {
	columnsOf := map[string]string{
		"sqlite":   `SELECT name FROM pragma_table_xinfo('accounts')`,
		"postgres": `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'accounts'`,
	}
	var table []string
	for _, leaf := range (&store.Settings[string]{}).Leaves() {
		table = append(table, leaf.Column)
	}
	for name, dialect := range dialects {
		t.Run(name, func(t *testing.T) {
			address, foreign := dialect(t)
			open(t, address, options(t))
			rows, err := foreign.rows(columnsOf[name])
			must(t, err)
			var schema []string
			for _, row := range rows {
				schema = append(schema, row[0])
			}
			for _, column := range compare(schema, table) {
				t.Errorf("accounts.%s: the schema has it, or one of Settings.Leaves (internal/store/settings.go) and notSettings, and not both", column)
			}
			if t.Failed() {
				return
			}

			// Given a table that lacks one leaf, then exactly its column is missing; the same of a schema that lacks it.
			for n, column := range table {
				lacking := slices.Delete(slices.Clone(table), n, n+1)
				bare := slices.DeleteFunc(slices.Clone(schema), func(c string) bool { return c == column })
				if diff := cmp.Diff([][]string{{column}, {column}}, [][]string{compare(schema, lacking), compare(bare, table)}); diff != "" {
					t.Errorf("without %s (-want +got):\n%s", column, diff)
				}
			}
		})
	}
}

// compare finds the columns that only one side has.
func compare(schema, table []string) []string {
	one := map[string]bool{}
	for _, column := range slices.Concat(schema, table, notSettings) {
		if one[column] {
			delete(one, column)
		} else {
			one[column] = true
		}
	}
	return slices.Sorted(maps.Keys(one))
}
