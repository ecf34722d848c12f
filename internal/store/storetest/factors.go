package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

var factors = []promise{
	{"Factors/what an account has is shown, and its claim is delivered at each change", func(s *scene) {
		id := s.confirm("alice").ID
		s.enrol(id)
		s.delivered(account("alice"))
		want := store.FactorState{Methods: []store.FactorMethod{store.FactorBackupCode, store.FactorTOTP}, BackupCodesRemaining: 3}
		if diff := cmp.Diff(want, s.account("alice").Factors); diff != "" {
			s.Error(diff)
		}
		s.must(s.Store.AcceptBackupCode(s.ctx, id, []byte("code-1")))
		s.delivered(account("alice"))
		s.foreign(`DELETE FROM factors WHERE method = 'TOTP'`)
		s.delivered(account("alice"))
		want = store.FactorState{Methods: []store.FactorMethod{store.FactorBackupCode}, BackupCodesRemaining: 2}
		if diff := cmp.Diff(want, s.put(account("alice")).Factors); diff != "" {
			s.Error(diff)
		}
	}},
	{"Factors/a change of them leaves what was applied in sync", func(s *scene) {
		id := s.confirm("alice").ID
		s.put(account("alice"))
		s.enrol(id)
		if got := s.record(account("alice")); got != "r-alice" {
			s.Errorf("%q", got)
		}
	}},
	{"Factors/the counter of an account is raised before anything is judged, and locks all its methods", func(s *scene) {
		id := s.put(account("alice")).ID
		s.enrol(id)
		s.must(s.Store.EnrolTOTP(s.ctx, id, "another", seed, 0))
		methods := []store.FactorMethod{store.FactorTOTP, store.FactorBackupCode}
		for n := range store.FactorAttempts {
			_, err := s.Store.Attempt(s.ctx, id, methods[n%2], noon)
			s.must(err)
		}
		for _, method := range methods {
			limited := (*store.RateLimitedError)(nil)
			_, err := s.Store.Attempt(s.ctx, id, method, noon.Add(time.Minute))
			if !errors.As(err, &limited) || limited.RetryAfter != store.FactorLock-time.Minute {
				s.Errorf("%s: got %v", method, err)
			}
		}
		for range store.FactorAttempts { // counts from the beginning
			_, err := s.Store.Attempt(s.ctx, id, store.FactorTOTP, noon.Add(store.FactorLock))
			s.must(err)
		}
		s.enrol(s.put(account("bob")).ID)
		_, err := s.Store.Attempt(s.ctx, s.account("bob").ID, store.FactorTOTP, noon)
		s.must(err)
	}},
	{"Factors/no more than the allowed attempts pass of 100 at once", func(s *scene) {
		id := s.put(account("alice")).ID
		s.enrol(id)
		var group sync.WaitGroup
		errs := make([]error, 100)
		for n := range errs {
			group.Go(func() {
				errs[n] = s.insist(func() error { _, err := s.Store.Attempt(s.ctx, id, store.FactorTOTP, noon); return err })
			})
		}
		group.Wait()
		passed := len(slices.DeleteFunc(errs, func(err error) bool { return err != nil }))
		if passed != store.FactorAttempts {
			s.Errorf("%d passed", passed)
		}
	}},
	{"Factors/a code that was right resets the counter", func(s *scene) {
		id := s.put(account("alice")).ID
		s.enrol(id)
		for step := range 3 * store.FactorAttempts {
			_, err := s.Store.Attempt(s.ctx, id, store.FactorTOTP, noon)
			s.must(err)
			if step%store.FactorAttempts == store.FactorAttempts-1 {
				s.must(s.Store.AcceptStep(s.ctx, id, s.app(id), int64(step)))
			}
		}
	}},
	{"Factors/a seed comes back as it was, with the newest step that was accepted", func(s *scene) {
		id := s.put(account("alice")).ID
		s.enrol(id)
		s.must(s.Store.AcceptStep(s.ctx, id, s.app(id), 7))
		s.must(s.Store.EnrolTOTP(s.ctx, id, "another", store.NewSecret([]byte("other")), 5))
		got, err := s.Store.Attempt(s.ctx, id, store.FactorTOTP, noon)
		s.must(err)
		have := map[string]int64{}
		for _, app := range got {
			have[string(app.Seed.Reveal())] = app.LastStep
		}
		if diff := cmp.Diff(map[string]int64{"canary-seed": 7, "other": 5}, have); diff != "" {
			s.Error(diff)
		}
		s.isGone(s.Store.AcceptStep(s.ctx, id, got[0].ID, 5)) // the step that proved an app counts for nothing else
	}},
	{"Factors/an account has up to five apps with names, and codes beside them", func(s *scene) {
		id := s.put(account("alice")).ID
		s.enrol(id)
		for n := range store.MaxFactors - 1 {
			s.must(s.Store.EnrolTOTP(s.ctx, id, fmt.Sprint("app ", n), seed, 0))
		}
		if err := s.Store.EnrolTOTP(s.ctx, id, "one too many", seed, 0); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
		s.must(s.Store.EnrolBackupCodes(s.ctx, id, [][]byte{[]byte("new")}))
		app := s.app(id)
		s.must(s.Store.NameFactor(s.ctx, id, app, "my phone"))
		s.isGone(s.Store.NameFactor(s.ctx, id, "unknown", "x"))
		s.isGone(s.Store.NameFactor(s.ctx, s.put(account("bob")).ID, app, "x"))
		if err := s.Store.NameFactor(s.ctx, id, app, strings.Repeat("x", 65)); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
		all, err := s.Store.Factors(s.ctx, id)
		s.must(err)
		names := map[string]int{}
		for _, f := range all {
			names[string(f.Method)+" "+f.Name]++
		}
		want := map[string]int{"TOTP my phone": 1, "TOTP app 0": 1, "TOTP app 1": 1, "TOTP app 2": 1, "TOTP app 3": 1, "BackupCode ": 1}
		if diff := cmp.Diff(want, names); diff != "" || all[store.MaxFactors].Method != store.FactorBackupCode {
			s.Error(diff)
		}
	}},
	{"Factors/with the last app the backup codes end, and not before", func(s *scene) {
		id := s.put(account("alice")).ID
		s.enrol(id)
		s.must(s.Store.EnrolTOTP(s.ctx, id, "another", seed, 0))
		first := s.app(id)
		s.isGone(s.Store.RemoveFactor(s.ctx, s.put(account("bob")).ID, first))
		s.must(s.Store.RemoveFactor(s.ctx, id, first))
		s.isGone(s.Store.RemoveFactor(s.ctx, id, first))
		s.isGone(s.Store.RemoveFactor(s.ctx, id, "BackupCode"))
		if got := s.account("alice").Factors; got.BackupCodesRemaining != 3 || len(got.Methods) != 2 {
			s.Errorf("got %+v", got)
		}
		s.must(s.Store.RemoveFactor(s.ctx, id, s.app(id)))
		if got := s.account("alice").Factors; got.BackupCodesRemaining != 0 || len(got.Methods) != 0 {
			s.Errorf("got %+v", got)
		}
	}},
	{"Factors/its holder gets a mail when one is added or removed, and when three codes are left", func(s *scene) {
		id := s.confirm("alice").ID
		s.must(s.Store.EnrolTOTP(s.ctx, id, "", seed, 0))
		s.takes(store.MailFactorAdded)
		s.must(s.Store.EnrolBackupCodes(s.ctx, id, [][]byte{[]byte("a"), []byte("b"), []byte("c"), []byte("d"), []byte("e")}))
		s.takes(store.MailFactorAdded)
		s.must(s.Store.AcceptBackupCode(s.ctx, id, []byte("a")))
		s.takes()
		s.must(s.Store.AcceptBackupCode(s.ctx, id, []byte("b")))
		s.takes(store.MailBackupCodesLow)
		s.must(s.Store.AcceptBackupCode(s.ctx, id, []byte("c")))
		s.must(s.Store.RemoveFactor(s.ctx, id, s.app(id)))
		s.takes(store.MailFactorRemoved)
	}},
	{"Factors/a code never counts twice, however many try at once", func(s *scene) {
		tried := s.isCase("G18", "a code", "tried by 100 at once")
		id := s.put(account("alice")).ID
		s.enrol(id)
		app := s.app(id)
		s.oneOf100(func() error { return s.Store.AcceptStep(s.ctx, id, app, 9) })
		s.oneOf100(func() error { return s.Store.AcceptBackupCode(s.ctx, id, []byte("code-1")) })
		tried.Add(200)
		if err := s.Store.AcceptStep(s.ctx, id, app, 8); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("an older step: %v", err)
		}
		s.must(s.Store.AcceptStep(s.ctx, id, app, 10))
	}},
	{"Factors/with the last backup code the method ends", func(s *scene) {
		id := s.put(account("alice")).ID
		s.must(s.Store.EnrolBackupCodes(s.ctx, id, [][]byte{[]byte("only")}))
		s.must(s.Store.AcceptBackupCode(s.ctx, id, []byte("only")))
		if _, err := s.Store.Attempt(s.ctx, id, store.FactorBackupCode, noon); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("got %v", err)
		}
	}},
	{"Factors/new backup codes end the old ones, and no codes end the method", func(s *scene) {
		id := s.put(account("alice")).ID
		s.enrol(id)
		s.must(s.Store.EnrolBackupCodes(s.ctx, id, [][]byte{[]byte("new")}))
		if err := s.Store.AcceptBackupCode(s.ctx, id, []byte("code-1")); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("got %v", err)
		}
		s.must(s.Store.EnrolBackupCodes(s.ctx, id, nil))
		if got := s.account("alice").Factors; got.BackupCodesRemaining != 0 || len(got.Methods) != 1 {
			s.Errorf("got %+v", got)
		}
	}},
	{"Factors/who has no account or no such method is not found", func(s *scene) {
		bare := s.put(account("bare")).ID
		gone := s.put(account("gone")).ID
		s.enrol(gone)
		s.must(s.fenced.DeleteAccount(s.ctx, account("gone"), store.Deletion{}))
		for _, id := range []string{bare, gone, "4711", "", "no number"} {
			_, attempt := s.Store.Attempt(s.ctx, id, store.FactorTOTP, noon)
			errs := []error{attempt, s.Store.AcceptStep(s.ctx, id, "x", 1), s.Store.AcceptBackupCode(s.ctx, id, []byte("code-1"))}
			if id != bare {
				errs = append(errs, s.Store.EnrolTOTP(s.ctx, id, "", seed, 0), s.Store.EnrolBackupCodes(s.ctx, id, nil))
			}
			for _, err := range errs {
				if !errors.Is(err, store.ErrNotFound) {
					s.Errorf("%q: got %v", id, err)
				}
			}
		}
	}},
	{"Factors/a seed is sealed into its row", func(s *scene) {
		alice, bob := s.put(account("alice")).ID, s.put(account("bob")).ID
		s.enrol(alice)
		s.must(s.Store.EnrolTOTP(s.ctx, bob, "", store.NewSecret([]byte("bob's")), 0))
		rows, err := s.Rows(`SELECT seed FROM factors WHERE seed IS NOT NULL`)
		s.must(err)
		for _, r := range rows {
			if r[0] == string(seed.Reveal()) {
				s.Error("the seed is in the table")
			}
		}
		s.foreign(`UPDATE factors SET seed = (SELECT f.seed FROM factors f WHERE f.account_id = $1 AND f.method = 'TOTP')
			WHERE account_id = $2`, atoi(alice), atoi(bob))
		if _, err := s.Store.Attempt(s.ctx, bob, store.FactorTOTP, noon); err == nil || errors.Is(err, store.ErrNotFound) {
			s.Errorf("moved to another account it opens: %v", err)
		}
	}},
	{"Factors/what is too much is refused", func(s *scene) {
		id := s.put(account("alice")).ID
		for _, err := range []error{
			s.Store.EnrolTOTP(s.ctx, id, "", store.Secret{}, 0), s.Store.EnrolTOTP(s.ctx, id, "", store.NewSecret(make([]byte, 1<<16)), 0),
			s.Store.EnrolBackupCodes(s.ctx, id, make([][]byte, 1000)),
		} {
			if !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("got %v", err)
			}
		}
	}},
}

var seed = store.NewSecret([]byte("canary-seed"))

// delivered reads the feed until the claim comes, and no further.
func (s *scene) delivered(c store.Claim) {
	s.Helper()
	l := s.listen(s.fenced)
	l.hears(c)
	l.stop()
}

// app is the ID of one that the account has.
func (s *scene) app(id string) string {
	s.Helper()
	all, err := s.Store.Factors(s.ctx, id)
	s.must(err)
	return all[0].ID
}

// enrol gives the account both methods.
func (s *scene) enrol(id string) {
	s.Helper()
	s.must(s.Store.EnrolTOTP(s.ctx, id, "", seed, 0))
	var hashes [][]byte
	for n := range 3 {
		hashes = append(hashes, fmt.Appendf(nil, "code-%d", n))
	}
	s.must(s.Store.EnrolBackupCodes(s.ctx, id, hashes))
}
