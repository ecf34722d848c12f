package sqlstore_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/manual"
)

// Whoever is woken looks the words of the log up in the runbook.
func TestRunbook_FailuresOfAStore_AreAllThere(t *testing.T) {
	page := manual.Read(t, "../../../docs/runbooks/AccountOperatorStoreFailing.md", nil)
	var known []*regexp.Regexp
	for _, quoted := range page.Quotes("the log says") {
		known = append(known, regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(quoted), `\.\.\.`, ".*")+"$"))
	}
	for _, failure := range sqlstore.Failures() {
		if !slices.ContainsFunc(known, func(r *regexp.Regexp) bool { return r.MatchString(failure) }) {
			t.Errorf("the page does not have %q", failure)
		}
	}
}

// Given a database with its schema, when its tables and views are listed, then docs/stores.md says of each what it is and who may write it.
func TestStorePage_Tables_AreAllThere(t *testing.T) {
	page := manual.Read(t, "../../../docs/stores.md", nil)
	listed := map[string]string{
		"sqlite":   "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'",
		"postgres": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
	}
	for name, dialect := range dialects {
		address, foreign := dialect(t)
		migrateSchema(t, address)
		rows, err := foreign.rows(listed[name])
		must(t, err)
		if len(rows) < 20 {
			t.Fatalf("%s: only %d tables", name, len(rows))
		}
		for _, r := range rows {
			if !slices.Contains(page.Quotes("table"), r[0]) {
				t.Errorf("%s: the page does not have %s", name, r[0])
			}
		}
	}
}
