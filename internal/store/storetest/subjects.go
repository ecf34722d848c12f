package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// subject is who has the account's address at the provider of these tests.
func subject(name string) store.Subject {
	return store.Subject{Issuer: "https://login.example.com", Subject: name + "@provider", Email: email(name), At: time.Now(), Code: store.CodeAlways}
}

// enters signs in at the provider.
func (s *scene) enters(who store.Subject) store.Given {
	s.Helper()
	given, err := s.Store.BeginSubjectSession(s.ctx, who, laptop)
	s.must(err)
	return given
}

func (s *scene) isKeptOut(who store.Subject) {
	s.Helper()
	if _, err := s.Store.BeginSubjectSession(s.ctx, who, laptop); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("%+v: got %v", who, err)
	}
}

func (s *scene) signedIn(given store.Given) store.SignedIn {
	s.Helper()
	in, err := s.Store.Session(s.ctx, given.Session)
	s.must(err)
	return in
}

var subjects = []promise{
	{"Subjects/who has the account's verified address at a provider signs in, and is known by who he is from then on", func(s *scene) {
		id := s.confirm("alice").ID
		in := s.signedIn(s.enters(subject("alice")))
		if in.AccountID != id || in.AwaitsCode || in.HasPassword || !in.HasSubject || !in.AddressConfirmed {
			s.Errorf("found %+v", in)
		}
		moved := subject("alice")
		moved.Email = "elsewhere@example.com"
		if in := s.signedIn(s.enters(moved)); in.AccountID != id {
			s.Errorf("with another address: %+v", in)
		}
		moved.Email = ""
		s.enters(moved)
		s.address("alice", "new@example.com")
		s.enters(subject("alice"))
	}},
	{"Subjects/nobody signs in without a verified address, to no account, to one that is deleted or suspended, or with texts that no provider has", func(s *scene) {
		s.member("gone")
		s.must(s.fenced.DeleteAccount(s.ctx, account("gone"), store.Deletion{}))
		s.confirm("barred")
		s.foreign(`UPDATE accounts SET access_suspended_at = created_at WHERE email = $1`, email("barred"))
		unverified, nobody, strange, long := subject("alice"), subject("alice"), subject("alice"), subject("alice")
		s.confirm("alice")
		unverified.Email, nobody.Subject, strange.Subject, long.Subject = "", "", "a\x00b", fmt.Sprintf("%0256d", 0)
		for _, who := range []store.Subject{unverified, nobody, strange, long, subject("nobody"), subject("gone"), subject("barred")} {
			s.isKeptOut(who)
		}
		if n := s.count(`SELECT count(*) FROM provider_subjects`) + s.count(`SELECT count(*) FROM accounts WHERE deleted_at IS NULL`); n != "02" {
			s.Errorf("what came of it: %s", n)
		}
	}},
	{"Subjects/another one of the provider with the same address is kept out, and one of another provider is not", func(s *scene) {
		s.member("alice")
		s.enters(subject("alice"))
		other, elsewhere := subject("alice"), subject("alice")
		other.Subject, elsewhere.Issuer = "namesake", "https://elsewhere.example.com"
		s.isKeptOut(other)
		s.enters(elsewhere)
		s.enters(subject("alice"))
	}},
	{"Subjects/of two who come with the address at once one is bound, and one who comes twice is once", func(s *scene) {
		s.confirm("alice")
		var group sync.WaitGroup
		errs := make([]error, 10)
		for n := range errs {
			who := subject("alice")
			who.Subject = fmt.Sprint("subject", n%2)
			group.Go(func() {
				errs[n] = s.insist(func() error { _, err := s.Store.BeginSubjectSession(s.ctx, who, laptop); return err })
			})
		}
		group.Wait()
		in := 0
		for _, err := range errs {
			if err == nil {
				in++
			} else if !errors.Is(err, store.ErrNotFound) {
				s.Errorf("got %v", err)
			}
		}
		if n := s.count(`SELECT count(*) FROM provider_subjects`); n != "1" || in != 5 {
			s.Errorf("%s are bound, %d signed in", n, in)
		}
	}},
	{"Subjects/who had ways into an account before its address was its holder's has none after the first match", func(s *scene) {
		for what, unconfirmed := range map[string]string{
			"an address that was never confirmed": `UPDATE accounts SET email_verified_at = NULL`,
			"one that was changed since":          `UPDATE accounts SET email_verified_at = NULL, email_changed_at = created_at`,
		} {
			s.laterThan(mailSpan)
			id := s.member("alice")
			planted := s.signs("alice", phone)
			_, key, err := s.Store.Holder(id).CreateKey(s.ctx, "", store.APIKey{AllRights: true})
			s.must(err)
			s.enrol(id)
			link := s.link(store.LinkChoosePassword, "alice")
			s.foreign(unconfirmed)
			in := s.signedIn(s.enters(subject("alice")))
			s.isOver(planted.Session)
			if in.AwaitsCode || in.HasPassword || len(in.Factors.Methods) > 0 || in.Factors.BackupCodesRemaining > 0 || !in.AddressConfirmed || len(s.listed(id)) != 1 {
				s.Errorf("%s: found %+v", what, in)
			}
			if _, err := s.Store.Link(s.ctx, link); !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s: a link of before: %v", what, err)
			}
			if _, err := s.Store.Key(s.ctx, key); !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s: an API key of before: %v", what, err)
			}
			judged := s.judged("alice", phone)
			if judged.AccountID != "" {
				s.Errorf("%s: the password of before is judged", what)
			}
			s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		}
	}},
	{"Subjects/a holder whose address is confirmed keeps password, second factor and sessions", func(s *scene) {
		id := s.member("alice")
		before := s.signs("alice", phone)
		s.enrol(id)
		half := s.enters(subject("alice"))
		if in := s.signedIn(half); !in.AwaitsCode || !half.AwaitsCode {
			s.Errorf("found %+v", in)
		}
		s.must(s.isOn(before.Session))
		whole, err := s.Store.CompleteSession(s.ctx, half.Session, laptop)
		s.must(err)
		if in := s.signedIn(whole); in.AwaitsCode || !in.HasPassword || !in.HasSubject || len(in.Factors.Methods) != 2 {
			s.Errorf("found %+v", in)
		}
	}},
	{"Subjects/a code is asked for by the rule and by the policy", func(s *scene) {
		s.enrol(s.member("alice"))
		for _, policy := range []string{"Optional", "Required"} {
			s.foreign(`UPDATE accounts SET two_factor_policy = $1`, policy)
			for rule, asked := range map[store.CodeRule]bool{store.CodeAlways: true, store.CodeIfRequired: policy == "Required", store.CodeNever: false} {
				who := subject("alice")
				who.Code = rule
				if given := s.enters(who); given.AwaitsCode != asked {
					s.Errorf("%s, rule %d: asked is %t", policy, rule, given.AwaitsCode)
				}
			}
		}
	}},
	{"Subjects/a session is as fresh as the sign-in at the provider", func(s *scene) {
		id := s.confirm("alice").ID
		fresh, old, unknown, early := subject("alice"), subject("alice"), subject("alice"), subject("alice")
		old.At, unknown.At, early.At = time.Now().Add(-time.Hour), time.Time{}, time.Now().Add(time.Minute)
		for who, within := range map[*store.Subject][2]time.Duration{
			&fresh: {0, patience}, &old: {time.Hour, time.Hour + patience}, &unknown: {24 * time.Hour, 1 << 62}, &early: {0, patience},
		} {
			in := s.signedIn(s.enters(*who))
			if age := time.Since(in.Proved); age < within[0] || age > within[1] {
				s.Errorf("proved %s ago", age)
			}
		}
		s.enrol(id)
		half := s.enters(old)
		whole, err := s.Store.CompleteSession(s.ctx, half.Session, laptop)
		s.must(err)
		if in := s.signedIn(whole); time.Since(in.Proved) < time.Hour {
			s.Errorf("a code has the sign-in count as one of %s ago", time.Since(in.Proved))
		}
	}},
	{"Subjects/nobody stays bound to an account, or a store, that was put back, nor signed in when he is not bound any more", func(s *scene) {
		for what, end := range map[string]func(id string){
			"a deletion":                    func(string) { s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{})) },
			"a deletion by another program": func(string) { s.foreign(`UPDATE accounts SET deleted_at = created_at`) },
			"a restoration": func(id string) {
				s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
				s.must(s.fenced.Restore(s.ctx, account("alice"), id))
			},
			"a new incarnation": func(string) {
				_, err := s.fenced.BeginIncarnation(s.ctx, s.identity())
				s.must(err)
			},
			"a row of another incarnation": func(string) {
				s.foreign(`UPDATE provider_subjects SET incarnation = incarnation - 1`)
				s.foreign(`DELETE FROM sessions`)
			},
			"a help desk": func(string) { s.foreign(`DELETE FROM provider_subjects`) },
		} {
			s.laterThan(mailSpan)
			id := s.confirm("alice").ID
			given := s.enters(subject("alice"))
			end(id)
			s.isOver(given.Session)
			moved := subject("alice")
			moved.Email = ""
			if _, err := s.Store.BeginSubjectSession(s.ctx, moved, laptop); !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s: still bound, %v", what, err)
			}
			if s.count(`SELECT count(*) FROM accounts WHERE deleted_at IS NULL`) == "1" {
				s.enters(subject("alice"))
				s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
			}
		}
	}},
}
