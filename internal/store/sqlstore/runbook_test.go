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
func TestTheRunbookKnowsEveryFailureOfAStore(t *testing.T) {
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
