package storetest

import (
	"errors"

	"github.com/account-operator/account-operator/internal/store"
)

// holdersAddress: an address that is the account holder's to change is its object's as the account is created, and never after.
var holdersAddress = []promise{
	{"EmailChange/the object's address counts as the account is created, and no later put changes it", func(s *scene) {
		s.putHolders("alice", email("alice"))
		s.changedBy("alice", "hers@example.com")
		got := s.putHolders("alice", "other@example.com")
		if got.Email != "hers@example.com" || got.EmailChange != store.EmailByHolder || got.EmailNamed != "other@example.com" || got.Created {
			s.Errorf("got %+v", got)
		}
		if got := s.account("alice"); got.Email != "hers@example.com" || got.EmailVerified.IsZero() {
			s.Errorf("got %+v", got)
		}
	}},
	{"EmailChange/an account that is handed to its holder keeps the address that it has", func(s *scene) {
		s.put(account("alice"))
		if got := s.putHolders("alice", "other@example.com"); got.Email != email("alice") {
			s.Errorf("got %q", got.Email)
		}
	}},
	{"EmailChange/back at the object's, the address of the holder is overwritten only where that is named", func(s *scene) {
		s.putHolders("alice", email("alice"))
		s.changedBy("alice", "hers@example.com")
		for _, replaces := range []string{"", email("alice"), "former@example.com"} {
			if _, err := s.putBack("alice", replaces); !errors.As(err, new(*store.AddressKeptError)) {
				s.Errorf("%q: got %v", replaces, err)
			}
		}
		if got := s.account("alice"); got.Email != "hers@example.com" || got.EmailChange != store.EmailByHolder || s.record(account("alice")) != "r-holders stale" {
			s.Errorf("it was written in part: %+v", got)
		}
		got, err := s.putBack("alice", "HERS@example.com")
		s.must(err)
		if got.Email != email("alice") || got.EmailChange != store.EmailByPlatform || got.EmailNamed != "" {
			s.Errorf("got %+v", got)
		}
	}},
	{"EmailChange/back at the object's with the address that the account has, nothing is in the way", func(s *scene) {
		s.putHolders("alice", "first@example.com")
		s.changedBy("alice", "Alice@Example.com")
		got, err := s.putBack("alice", "")
		s.must(err)
		if got.Email != email("alice") || got.EmailChange != store.EmailByPlatform {
			s.Errorf("got %+v", got)
		}
	}},
	{"EmailChange/what the object retained is its own again by the address that it named, whatever it is now", func(s *scene) {
		id := s.putHolders("alice", email("alice")).ID
		s.changedBy("alice", "hers@example.com")
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{Retain: true}))
		s.changed(id, "later@example.com")
		again := account("alice")
		again.UID = "again"
		s.isTaken(second(s.fenced.PutAccount(s.ctx, again, store.AccountSpec{Email: email("alice")}, mark("r"))), "email", store.Claim{})
		live, retained, err := s.fenced.AtAddress(s.ctx, again, email("alice"))
		s.must(err)
		if live == nil || live.ID != id || retained != account("alice") {
			s.Fatalf("found %+v of %v", live, retained)
		}
		s.must(s.fenced.Adopt(s.ctx, again, *live))
		got, err := s.fenced.PutAccount(s.ctx, again, store.AccountSpec{Email: email("alice"), EmailChange: store.EmailByHolder}, mark("r"))
		if err != nil || got.ID != id || got.Email != "later@example.com" {
			s.Errorf("got %+v, %v", got, err)
		}
	}},
	{"EmailChange/what the object retained is no other object's, and not its own by another address", func(s *scene) {
		s.putHolders("alice", email("alice"))
		s.changedBy("alice", "hers@example.com")
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{Retain: true}))
		for c, address := range map[store.Claim]string{account("bob"): email("alice"), account("alice"): "intern@example.com"} {
			if live, _, err := s.fenced.AtAddress(s.ctx, c, address); err != nil || live != nil {
				s.Errorf("%s finds %+v, %v", c, live, err)
			}
			got, err := s.fenced.PutAccount(s.ctx, c, store.AccountSpec{Email: address}, mark("r"))
			if err != nil || !got.Created {
				s.Errorf("%s: got %+v, %v", c, got, err)
			}
		}
	}},
	{"EmailChange/what the object deleted can be restored by the address that it named, and by no other object", func(s *scene) {
		id := s.putHolders("alice", email("alice")).ID
		s.changedBy("alice", "hers@example.com")
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		again := account("alice")
		again.UID = "again"
		for c, want := range map[store.Claim]int{again: 1, account("bob"): 0} {
			all, err := s.fenced.Restorable(s.ctx, c, "Alice@example.com", "")
			s.must(err)
			if len(all) != want || want > 0 && (all[0].ID != id || all[0].Email != "hers@example.com") {
				s.Errorf("%s finds %+v", c, all)
			}
		}
		if all, err := s.fenced.Restorable(s.ctx, account("bob"), "hers@example.com", ""); err != nil || len(all) != 1 {
			s.Errorf("by its own address: %+v, %v", all, err)
		}
	}},
}

// putHolders puts an account whose address is its holder's.
func (s *scene) putHolders(name, address string) store.Account {
	s.Helper()
	got, err := s.fenced.PutAccount(s.ctx, account(name), store.AccountSpec{Email: address, EmailChange: store.EmailByHolder}, mark("r-holders"))
	s.must(err)
	return got
}

// putBack puts an account whose address is the object's.
func (s *scene) putBack(name, replaces string) (store.Account, error) {
	return s.fenced.PutAccount(s.ctx, account(name), store.AccountSpec{Email: email(name), Replaces: replaces}, mark("r-back"))
}

// changedBy gives the account another address, as its holder does who confirms it.
func (s *scene) changedBy(name, address string) {
	s.Helper()
	s.changed(s.account(name).ID, address)
}

func (s *scene) changed(id, address string) {
	s.Helper()
	s.foreign(`UPDATE accounts SET email = $1, email_verified_at = '2026-01-02T03:04:05.678Z', password_hash = 'x' WHERE id = $2`, address, atoi(id))
}
