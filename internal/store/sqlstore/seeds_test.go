package sqlstore_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// seedOf is the seed by which a code of the account is judged.
func seedOf(t *testing.T, s *sqlstore.Store, account string) string {
	t.Helper()
	attempts, err := s.Attempt(t.Context(), account, store.FactorTOTP, time.Now())
	must(t, err)
	must(t, s.AcceptStep(t.Context(), account, attempts[0].ID, attempts[0].LastStep+1)) // it counts as right
	return string(attempts[0].Seed.Reveal())
}

// Given second factors from before their seeds had a keyset of their own, when a manager starts that has one, then each is brought under it and
// works on, new ones are sealed with it, and it may be rotated; and a manager that was not given it does not start.
func TestSeeds_KeysetOfTheirOwn_AreBroughtUnderIt(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		s := open(t, address, o)
		fenced := filled(t, s)
		alice, bob := idOf(t, fenced, "alice"), idOf(t, fenced, "bob")
		must(t, s.EnrolTOTP(t.Context(), alice, "phone", store.NewSecret([]byte("canary-alice")), 0))
		closeStore(t, s)
		first := newKeyset(t)

		o.FactorSealer = load(t, first)
		s = open(t, address, o)
		must(t, s.BringSeeds(t.Context()))
		must(t, s.EnrolTOTP(t.Context(), bob, "phone", store.NewSecret([]byte("canary-bob")), 0))
		seedsAre(t, s, foreign, o.FactorSealer, map[string]string{alice: "canary-alice", bob: "canary-bob"})

		rotated, err := seal.Rotate(first)
		must(t, err)
		o.FactorSealer = load(t, rotated)
		s = open(t, address, o)
		must(t, s.BringSeeds(t.Context()))
		seedsAre(t, s, foreign, o.FactorSealer, map[string]string{alice: "canary-alice", bob: "canary-bob"})

		o.FactorSealer = nil
		_, err = sqlstore.Open(t.Context(), address, o)
		if startup := (*store.StartupError)(nil); !errors.As(err, &startup) || !strings.Contains(err.Error(), "second factors were sealed with a keyset for them, which was not given") {
			t.Errorf("without the keyset it says %v", err)
		}
	})
}

// seedsAre looks that these are the seeds of accounts, each under the newest key of the keyset; then the store is closed.
func seedsAre(t *testing.T, s *sqlstore.Store, foreign foreign, under *seal.Sealer, want map[string]string) {
	t.Helper()
	for account, seed := range want {
		if got := seedOf(t, s, account); got != seed {
			t.Errorf("the seed of %s is %q", account, got)
		}
	}
	if findings, err := s.Verify(t.Context()); err != nil || len(findings) > 0 {
		t.Errorf("it finds %v, %v", findings, err)
	}
	closeStore(t, s)
	rows, err := foreign.rows(`SELECT seed FROM factors WHERE seed IS NOT NULL`)
	must(t, err)
	for _, r := range rows {
		if !under.Current([]byte(r[0])) {
			t.Error("a seed is under another key")
		}
	}
	if len(rows) != len(want) {
		t.Errorf("there are %d seeds", len(rows))
	}
}

// Given pages that have the keyset of the seeds, then they wait until who leads has brought the seeds under it, and judge codes from then on.
func TestOpenPages_SeedsAreUnderTheManagersKeyset_WaitsUntilTheyAreBrought(t *testing.T) {
	s := newPagesScene(t)
	alice := idOf(t, s.fenced, "alice")
	must(t, s.manager.EnrolTOTP(t.Context(), alice, "phone", store.NewSecret([]byte("canary-seed")), 0))
	o := sqlstore.Options{Sealer: publicHalf(t, s.keyset), FactorSealer: load(t, newKeyset(t))}
	_, err := sqlstore.OpenPages(t.Context(), s.address, o)
	if startup := (*store.StartupError)(nil); !errors.As(err, &startup) || !startup.Passes ||
		!strings.Contains(err.Error(), "second factors are sealed with another keyset than that of --factor-keyset-file") {
		t.Errorf("it says %v", err)
	}

	managers := options(t)
	managers.Sealer, managers.FactorSealer = load(t, s.keyset), o.FactorSealer
	must(t, open(t, s.owner, managers).BringSeeds(t.Context()))

	pages, err := sqlstore.OpenPages(t.Context(), s.address, o)
	must(t, err)
	t.Cleanup(func() { _ = pages.Close() })
	if got := seedOf(t, pages, alice); got != "canary-seed" {
		t.Errorf("the seed is %q", got)
	}
}
