package portal_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

const readsHeading = "Who reads what you keep here"

// wasRead counts that a service read of an account so many days ago.
func (s *scene) wasRead(email, by string, daysAgo int, times int64) {
	s.Helper()
	id, err := strconv.ParseInt(s.accountID(email), 10, 64)
	s.must(err)
	hour := time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, -daysAgo)
	s.must(s.store.CountReads(s.Context(), []store.ReadCount{{Reader: by, Account: id, Hour: hour, Reads: times}}))
}

func TestReads_ByServices_AreShownByDay(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	b.get("/settings/reads").shows(t, http.StatusOK, readsHeading).says(t, "Nobody did.")
	s.wasRead("alice@example.com", "launcher", 0, 3)
	s.wasRead("alice@example.com", "launcher", 1, 1)
	s.wasRead("alice@example.com", "metering", 1, 2)
	s.wasRead("alice@example.com", "of-long-ago", 40, 2)
	s.wasRead(s.member("bob"), "of-another", 0, 2)

	page := b.get("/settings/reads").shows(t, http.StatusOK, readsHeading)

	var rows []string
	for _, p := range elements(page.parse(t), "p") {
		if text := visible(p); strings.Contains(text, ", once") || strings.Contains(text, " times") {
			rows = append(rows, text)
		}
	}
	if want := []string{"launcher, 3 times", "launcher, once", "metering, 2 times"}; !slices.Equal(rows, want) {
		t.Errorf("it shows %q", rows)
	}
}
