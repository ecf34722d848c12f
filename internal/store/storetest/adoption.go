package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// adopted: accounts that a claim did not create can be looked for, and taken over where nobody has them.
var adopted = []promise{
	{"Adoption/an address leads to its live account, whoever manages it", findsAddress},
	{"Adoption/what can be restored at an address is found, and first what the claim itself had there", findsDeleted},
	{"Adoption/what a claim retained is remembered until anything manages it, or its address is another", findsRetained},
	{"Adoption/an account that nobody manages becomes the claim's, as it is", adopts},
	{"Adoption/an account that is managed stays its claim's", func(s *scene) {
		hers := s.put(account("alice"))
		s.isTaken(s.fenced.Adopt(s.ctx, account("bob"), hers), "claim", account("alice"))
		if _, err := s.fenced.Account(s.ctx, account("alice")); err != nil {
			s.Error(err)
		}
	}},
	{"Adoption/a claim that has an account gets no second one", func(s *scene) {
		s.put(account("alice"))
		s.isTaken(s.fenced.Adopt(s.ctx, account("alice"), s.nobodys("free")), "claim", account("alice"))
		s.isTaken(s.fenced.Restore(s.ctx, account("alice"), s.deleted("gone").ID), "claim", account("alice"))
	}},
	{"Adoption/the row of a namesake is in the way, and its end is delivered", func(s *scene) {
		later := account("alice")
		later.UID = "later"
		s.put(account("alice"))
		s.isTaken(s.fenced.Adopt(s.ctx, later, s.nobodys("free")), "claim", account("alice"))
		s.isTaken(s.fenced.Restore(s.ctx, later, s.deleted("gone").ID), "claim", account("alice"))
		l := s.listen(s.fenced)
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		l.hears(later)
		l.silent()
	}},
	{"Adoption/only one of many gets it", func(s *scene) {
		free := s.nobodys("free")
		var group sync.WaitGroup
		errs := make([]error, 8)
		for n := range errs {
			group.Go(func() {
				errs[n] = s.insist(func() error { return s.fenced.Adopt(s.ctx, account(fmt.Sprint(n)), free) })
			})
		}
		group.Wait()
		got := 0
		for n, err := range errs {
			if err == nil {
				got++
			} else if !errors.As(err, new(*store.ConflictError)) {
				s.Errorf("%d: %v", n, err)
			}
		}
		if got != 1 {
			s.Errorf("%d got it", got)
		}
	}},
	{"Adoption/what is not there is not found", func(s *scene) {
		live, gone, moved := s.nobodys("free").ID, s.deleted("gone"), s.nobodys("moved")
		s.foreign(`UPDATE accounts SET email = 'elsewhere@example.com' WHERE email = 'moved@example.com'`)
		purged := s.deleted("purged").ID
		s.foreign(`UPDATE accounts SET purged_at = deleted_at WHERE email = 'purged@example.com'`)
		for name, err := range map[string]error{
			"adopt a deleted one":                      s.fenced.Adopt(s.ctx, account("alice"), gone),
			"adopt an unknown":                         s.fenced.Adopt(s.ctx, account("alice"), store.Account{ID: "4711"}),
			"adopt one that has another address since": s.fenced.Adopt(s.ctx, account("alice"), moved),
			"adopt no ID":                              s.fenced.Adopt(s.ctx, account("alice"), store.Account{ID: "x"}),
			"restore a live one":                       s.fenced.Restore(s.ctx, account("alice"), live),
			"restore a tombstone":                      s.fenced.Restore(s.ctx, account("alice"), purged),
			"restore an unknown":                       s.fenced.Restore(s.ctx, account("alice"), "4711"),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s: got %v", name, err)
			}
		}
	}},
	{"Adoption/a deleted account comes back with all that was not deleted with it", restores},
	{"Adoption/an address that is taken is in the way of a restoration, and its end is delivered", func(s *scene) {
		id := s.deleted("alice").ID
		holder, later := account("holder"), account("later")
		_, err := s.fenced.PutAccount(s.ctx, holder, store.AccountSpec{Email: "ALICE@example.com"}, mark("r"))
		s.must(err)
		s.isTaken(s.fenced.Restore(s.ctx, later, id), "email", holder)
		l := s.listen(s.fenced)
		s.must(s.fenced.DeleteAccount(s.ctx, holder, store.Deletion{Retain: false}))
		l.hears(later)
		s.must(s.fenced.Restore(s.ctx, later, id))
	}},
}

// nobodys is a new account that another program made.
func (s *scene) nobodys(name string) store.Account {
	s.Helper()
	s.foreign(`INSERT INTO accounts (email, username) VALUES ($1, 'kept')`, email(name))
	live, _, err := s.fenced.AtAddress(s.ctx, store.Claim{}, email(name))
	s.must(err)
	return *live
}

// deleted is a new account that was deleted.
func (s *scene) deleted(name string) store.Account {
	s.Helper()
	a := s.put(account(name))
	s.must(s.fenced.DeleteAccount(s.ctx, account(name), store.Deletion{}))
	return a
}

func (s *scene) isTaken(err error, field string, holder store.Claim) {
	s.Helper()
	conflict := (*store.ConflictError)(nil)
	if !errors.As(err, &conflict) || conflict.Field != field || conflict.Holder != holder {
		s.Errorf("got %v", err)
	}
}

func findsAddress(s *scene) {
	looks := func(want *store.Account) {
		s.Helper()
		live, retained, err := s.fenced.AtAddress(s.ctx, store.Claim{}, "Alice@example.COM")
		s.must(err)
		if diff := cmp.Diff(want, live); diff != "" || !retained.IsZero() {
			s.Error(diff, retained)
		}
	}
	looks(nil)
	s.deleted("alice")
	looks(nil)
	free := s.nobodys("alice")
	looks(&free)
	s.foreign(`DELETE FROM accounts`)
	held := s.put(account("alice"))
	held.Created = false // that is reported by the put alone
	looks(&held)
}

func findsDeleted(s *scene) {
	twin := account("alice")
	twin.UID = "later"
	for _, c := range []store.Claim{account("alice"), twin, account("mallory")} {
		_, err := s.fenced.PutAccount(s.ctx, c, store.AccountSpec{Email: email("alice")}, mark("r"))
		s.must(err)
		if c == account("alice") {
			s.foreign(`UPDATE accounts SET password_hash = 'x'`)
		}
		s.must(s.fenced.DeleteAccount(s.ctx, c, store.Deletion{}))
	}
	looks := func(c store.Claim, id string, want ...store.Claim) []store.Restorable {
		s.Helper()
		all, err := s.fenced.Restorable(s.ctx, c, "Alice@example.COM", id)
		s.must(err)
		var got []store.Claim
		for _, d := range all {
			if got = append(got, d.Claim); d.Used != (d.Claim == account("alice")) || time.Since(d.Deleted).Abs() > time.Hour {
				s.Errorf("got %+v", d)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
		return all
	}
	now := account("alice")
	now.UID = "now"
	all := looks(now, "", account("alice"), twin, account("mallory"))
	looks(account("mallory"), "x", account("mallory"), account("alice"), twin)
	looks(account("mallory"), all[1].ID, twin, account("mallory"), account("alice"))
	s.put(account("bob"))
	findsOwnAmongMany(s, now, twin)
	_, err := s.fenced.Purge(s.ctx, time.Now().Add(time.Minute))
	s.must(err)
	looks(now, "")
}

func findsOwnAmongMany(s *scene, now, twin store.Claim) {
	for range store.MaxRestorable + 1 { // whoever makes and deletes does not hide what others had
		_, err := s.fenced.PutAccount(s.ctx, account("mallory"), store.AccountSpec{Email: email("alice")}, mark("r"))
		s.must(err)
		s.must(s.fenced.DeleteAccount(s.ctx, account("mallory"), store.Deletion{}))
	}
	if all, err := s.fenced.Restorable(s.ctx, now, email("alice"), ""); err != nil || len(all) != store.MaxRestorable || all[1].Claim != twin {
		s.Errorf("got %v, %v", all, err)
	}
}

func findsRetained(s *scene) {
	looks := func(want store.Claim) string {
		s.Helper()
		live, retained, err := s.fenced.AtAddress(s.ctx, account("alice"), email("alice"))
		s.must(err)
		if retained != want {
			s.Errorf("got %v, wanted %v", retained, want)
		}
		if live == nil {
			return ""
		}
		return live.ID
	}
	retain := func(c store.Claim) {
		s.Helper()
		s.must(s.fenced.DeleteAccount(s.ctx, c, store.Deletion{Retain: true}))
	}
	s.put(account("alice"))
	retain(account("alice"))
	id := looks(account("alice"))
	s.must(s.fenced.Adopt(s.ctx, account("bob"), store.Account{ID: id, Email: email("alice")}))
	looks(store.Claim{})
	retain(account("bob"))
	looks(account("bob"))
	for _, address := range []string{"new@example.com", email("alice")} { // as its holder does
		s.foreign(`UPDATE accounts SET email = $1`, address)
	}
	looks(account("bob"))
	s.foreign(`UPDATE accounts SET email = 'new@example.com'`)
	if _, retained, err := s.fenced.AtAddress(s.ctx, account("alice"), "new@example.com"); err != nil || !retained.IsZero() {
		s.Errorf("got %v, %v", retained, err)
	}
	s.must(s.fenced.Adopt(s.ctx, account("carol"), store.Account{ID: id, Email: "new@example.com"}))
	_, err := s.fenced.PutAccount(s.ctx, account("carol"), store.AccountSpec{Email: email("alice")}, mark("r"))
	s.must(err)
	looks(store.Claim{})
	s.must(s.fenced.DeleteAccount(s.ctx, account("carol"), store.Deletion{}))
	s.must(s.fenced.Restore(s.ctx, account("dave"), id))
	looks(store.Claim{})
}

func adopts(s *scene) {
	want := s.nobodys("free")
	s.conflict(account("alice"), email("free")) // and so alice waits for the address
	l := s.listen(s.fenced)
	for range 2 {
		s.must(s.fenced.Adopt(s.ctx, account("alice"), want))
	}
	want.Claim = account("alice")
	got, err := s.fenced.Account(s.ctx, account("alice"))
	s.must(err)
	if diff := cmp.Diff(want, got); diff != "" || got.Username != "kept" {
		s.Error(diff)
	}
	l.silent()
	if n := s.count(`SELECT count(*) FROM audit WHERE op = 'AdoptAccount' AND uid = 'uid-a-alice' AND account_id = $1`, atoi(want.ID)); n != "1" {
		s.Errorf("%s rows of the audit", n)
	}
}

func restores(s *scene) {
	_, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{
		Email: email("alice"), Settings: store.Settings[*string]{Username: ptr("kept")},
		Events: map[string]string{"outbid": "Disabled"}, TwoFactor: "Required",
	}, mark("r"))
	s.must(err)
	s.foreign(`UPDATE accounts SET email_verified_at = '2026-01-02T03:04:05.678Z'`)
	want, err := s.fenced.Account(s.ctx, account("alice"))
	s.must(err)
	s.sync(account("alice"), set("a"), vars{"A": "1"})
	s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
	later := account("later")
	for range 2 {
		s.must(s.fenced.Restore(s.ctx, later, want.ID))
	}
	want.Claim, want.Confirmation = later, store.Confirmation{}
	got, err := s.fenced.Account(s.ctx, later)
	s.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
	if n, err := s.fenced.Purge(s.ctx, time.Now().Add(time.Minute)); n != 0 || err != nil {
		s.Errorf("purged %d, %v", n, err)
	}
	if n := s.count(`SELECT count(*) FROM audit WHERE op = 'RestoreAccount' AND uid = 'uid-a-later' AND account_id = $1`, atoi(want.ID)); n != "1" {
		s.Errorf("%s rows of the audit", n)
	}
}
