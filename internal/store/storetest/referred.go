package storetest

import (
	"errors"
	"regexp"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

var referralCode = regexp.MustCompile(`^[2-9a-km-np-z]{8}$`)

// referred: every account has a code that others can be created with.
var referred = []promise{
	{"Referral/every account has a code of its own, whoever made it, that never changes", func(s *scene) {
		for _, name := range []string{"alice", "bob"} {
			first, second := s.put(account(name)), s.put(account(name))
			if first.Referral != second.Referral {
				s.Errorf("%v became %v", first.Referral, second.Referral)
			}
		}
		s.foreign(`INSERT INTO accounts (email) VALUES ('carol@example.com'), ('dave@example.com')`)
		rows, err := s.Rows(`SELECT referral_code FROM accounts`)
		s.must(err)
		seen := map[string]bool{}
		for _, r := range rows {
			if seen[r[0]] || !referralCode.MatchString(r[0]) {
				s.Errorf("code %q", r[0])
			}
			seen[r[0]] = true
		}
		for _, query := range []string{`UPDATE accounts SET referral_code = email`, `UPDATE accounts SET referral_code = NULL`} {
			if s.SQL(query) == nil {
				s.Errorf("accepted: %s", query)
			}
		}
	}},
	{"Referral/an account that is created with a code counts for whoever has it, whose claim is delivered", func(s *scene) {
		alice := s.put(account("alice"))
		l := s.listen(s.fenced)
		s.must(s.putReferred("bob", alice.Referral.Code))
		l.hears(account("alice"))
		s.must(s.putReferred("bob", alice.Referral.Code)) // once only
		s.must(s.putReferred("carol", alice.Referral.Code))
		l.hears(account("alice"))
		l.silent()
		got, err := s.fenced.Account(s.ctx, account("alice"))
		s.must(err)
		if got.Referral.Count != 2 || s.record(account("alice")) != "r-alice" {
			s.Errorf("got %v, record %q", got.Referral, s.record(account("alice")))
		}
	}},
	{"Referral/an account that is there already is not referred any more", func(s *scene) {
		alice := s.put(account("alice"))
		s.put(account("bob"))
		for _, code := range []string{alice.Referral.Code, "unknown"} {
			s.must(s.putReferred("bob", code))
		}
		got, err := s.fenced.Account(s.ctx, account("alice"))
		s.must(err)
		if got.Referral.Count != 0 {
			s.Errorf("got %v", got.Referral)
		}
	}},
	{"Referral/a code that no live account has is refused, and nothing is created", func(s *scene) {
		gone := s.put(account("gone")).Referral.Code
		s.must(s.fenced.DeleteAccount(s.ctx, account("gone"), store.Deletion{}))
		for _, code := range []string{"unknown", gone} {
			invalid := (*store.InvalidError)(nil)
			if err := s.putReferred("bob", code); !errors.As(err, &invalid) || invalid.Field != "referredBy" {
				s.Errorf("%s: got %v", code, err)
			}
		}
		if _, err := s.fenced.Account(s.ctx, account("bob")); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("got %v", err)
		}
	}},
	{"Referral/a tombstone keeps its code, and what it counts for", func(s *scene) {
		alice := s.put(account("alice"))
		s.must(s.putReferred("bob", alice.Referral.Code))
		s.must(s.fenced.DeleteAccount(s.ctx, account("bob"), store.Deletion{}))
		_, err := s.fenced.Purge(s.ctx, time.Now().Add(time.Minute))
		s.must(err)
		if got := s.put(account("alice")); got.Referral.Count != 1 {
			s.Errorf("got %v", got.Referral)
		}
		if s.SQL(`INSERT INTO accounts (email, referral_code) SELECT 'x', referral_code FROM accounts WHERE purged_at IS NOT NULL`) == nil {
			s.Error("a code was given out again")
		}
	}},
}

func (s *scene) putReferred(name, code string) error {
	_, err := s.fenced.PutAccount(s.ctx, account(name), store.AccountSpec{Email: email(name), ReferredBy: code}, mark("r-"+name))
	return err
}
