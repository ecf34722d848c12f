package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var sessions = []promise{
	{"Sessions/the right password signs in, and the session shows the account", func(s *scene) {
		id := s.member("alice")
		given := s.signs("alice", laptop)
		in, err := s.Store.Session(s.ctx, given.Session)
		s.must(err)
		if given.AwaitsCode || in.AwaitsCode || in.AccountID != id || in.Email != email("alice") || in.Theme != "System" || !in.AddressConfirmed ||
			in.TwoFactor != "Optional" || in.Peer != laptop.Peer || in.UserAgent != laptop.UserAgent || in.ID == "" {
			s.Errorf("given %+v, found %+v", given, in)
		}
		if age := time.Since(in.Created); age < 0 || age > patience || !in.Proved.Equal(in.Created) || !in.Used.Equal(in.Created) {
			s.Errorf("created %s, proved %s, used %s", in.Created, in.Proved, in.Used)
		}
		s.isOver(store.NewSecret([]byte("another")))
		s.isOver(store.Secret{})
	}},
	{"Sessions/with a second factor nobody is signed in before the code, and then by another token", func(s *scene) {
		s.enrol(s.member("alice"))
		half := s.signs("alice", laptop)
		in, err := s.Store.Session(s.ctx, half.Session)
		s.must(err)
		if !half.AwaitsCode || !in.AwaitsCode || half.Browser.Len() > 0 || len(s.listed(in.AccountID)) > 0 {
			s.Errorf("given %+v, found %+v", half, in)
		}
		whole, err := s.Store.CompleteSession(s.ctx, half.Session, laptop)
		s.must(err)
		s.isOver(half.Session)
		if in, err = s.Store.Session(s.ctx, whole.Session); err != nil || in.AwaitsCode || whole.Browser.Len() == 0 || len(in.Factors.Methods) != 2 {
			s.Errorf("given %+v, found %+v, %v", whole, in, err)
		}
		_, err = s.Store.CompleteSession(s.ctx, whole.Session, laptop)
		s.isGone(err)
	}},
	{"Sessions/who waits too long with the code begins again", func(s *scene) {
		s.enrol(s.member("alice"))
		half := s.signs("alice", laptop)
		s.foreign(`UPDATE sessions SET created_at = $1`, ago(store.SessionCode+time.Second))
		s.isOver(half.Session)
		_, err := s.Store.CompleteSession(s.ctx, half.Session, laptop)
		s.isGone(err)
	}},
	{"Sessions/one of 100 who complete one at once succeeds", func(s *scene) {
		s.enrol(s.member("alice"))
		half := s.signs("alice", laptop)
		s.oneOf100(func() error { _, err := s.Store.CompleteSession(s.ctx, half.Session, laptop); return err })
	}},
	{"Sessions/nobody signs in with an address that is unknown, deleted, never confirmed or without a password", func(s *scene) {
		s.member("gone")
		s.must(s.fenced.DeleteAccount(s.ctx, account("gone"), store.Deletion{}))
		s.confirm("bare")
		s.put(account("new"))
		s.foreign(`UPDATE accounts SET password_hash = 'x' WHERE email = $1`, email("new"))
		for _, address := range []string{email("nobody"), email("gone"), email("bare"), email("new"), "", "a\x00b", fmt.Sprintf("%0300d", 0)} {
			judged, err := s.Store.TrySignIn(s.ctx, address, laptop)
			s.must(err)
			if judged.AccountID != "" || judged.Password.Len() > 0 {
				s.Errorf("%q: %+v", address, judged)
			}
			_, err = s.Store.BeginSession(s.ctx, judged, laptop)
			s.isGone(err)
		}
	}},
	{"Sessions/a later address that is not confirmed yet signs in", func(s *scene) {
		s.change("alice", "new@example.com")
		judged, err := s.Store.TrySignIn(s.ctx, "New@example.com", laptop)
		s.must(err)
		given, err := s.Store.BeginSession(s.ctx, judged, laptop)
		s.must(err)
		if in, err := s.Store.Session(s.ctx, given.Session); err != nil || in.AddressConfirmed {
			s.Errorf("found %+v, %v", in, err)
		}
	}},
	{"Sessions/a password that was replaced while it was judged signs nobody in", func(s *scene) {
		s.member("alice")
		judged := s.judged("alice", laptop)
		given := s.signs("alice", laptop)
		s.foreign(`UPDATE accounts SET password_hash = 'another'`)
		_, err := s.Store.BeginSession(s.ctx, judged, laptop)
		s.isGone(err)
		s.isGone(s.Store.ProveSession(s.ctx, given.Session, judged, laptop))
		_, err = s.Store.ChangePassword(s.ctx, given.Session, judged, newHash, laptop)
		s.isGone(err)
	}},
	{"Sessions/all end with what takes the account from whoever is signed in", endWithIt},
	{"Sessions/one lasts as long as it is used, and not for ever", func(s *scene) {
		s.member("alice")
		token := s.signs("alice", laptop).Session
		s.foreign(`UPDATE sessions SET used_at = $1`, ago(store.SessionIdle-time.Minute))
		s.must(s.isOn(token))
		if used := s.count(`SELECT count(*) FROM sessions WHERE used_at > $1`, ago(time.Minute)); used != "1" {
			s.Error("that it was used is not noted")
		}
		s.foreign(`UPDATE sessions SET created_at = $1`, ago(store.SessionLifetime+time.Second))
		s.isOver(token)
		s.foreign(`UPDATE sessions SET created_at = $1, used_at = $1`, ago(store.SessionIdle+time.Second))
		s.isOver(token)
		_, err := s.fenced.Purge(s.ctx, time.Now().Add(-time.Hour))
		s.must(err)
		if n := s.count(`SELECT count(*) FROM sessions`); n != "0" {
			s.Errorf("%s are kept", n)
		}
	}},
	{"Sessions/they are listed by the hour, and end one by one or together", func(s *scene) {
		id := s.member("alice")
		first, second, third := s.signs("alice", laptop), s.signs("alice", phone), s.signs("alice", phone)
		all := s.listed(id)
		for _, one := range all {
			if one.Used.Minute() != 0 || one.UserAgent == "" {
				s.Errorf("listed %+v", one)
			}
		}
		in, err := s.Store.Session(s.ctx, third.Session)
		s.must(err)
		other, err := s.Store.Session(s.ctx, first.Session)
		s.must(err)
		s.isGone(s.Store.EndSession(s.ctx, s.member("bob"), other.ID))
		s.must(s.Store.EndSession(s.ctx, id, other.ID))
		s.isOver(first.Session)
		s.isGone(s.Store.EndSession(s.ctx, id, other.ID))
		s.must(s.Store.EndOtherSessions(s.ctx, id, in.ID))
		s.isOver(second.Session)
		s.must(s.isOn(third.Session))
		s.must(s.Store.EndOtherSessions(s.ctx, id, in.ID)) // none is left
		if len(all) != 3 || len(s.listed(id)) != 1 {
			s.Errorf("%d were listed", len(all))
		}
	}},
	{"Sessions/an account has a bounded number, and half of a sign-in ends none", func(s *scene) {
		id := s.member("alice")
		first := s.signs("alice", laptop)
		s.foreign(`UPDATE sessions SET used_at = $1`, ago(time.Minute)) // it was used before the others
		for range store.SessionsOfAccount {
			s.signs("alice", phone)
		}
		s.isOver(first.Session)
		s.enrol(id)
		for range store.SessionsOfAccount + 1 {
			s.signs("alice", phone)
		}
		if whole, half := len(s.listed(id)), s.count(`SELECT count(*) FROM sessions WHERE awaits_code`); whole != store.SessionsOfAccount ||
			half != fmt.Sprint(store.SessionsOfAccount) || s.count(`SELECT count(*) FROM known_browsers`) != fmt.Sprint(store.BrowsersOfAccount) {
			s.Errorf("%d whole, %s half", whole, half)
		}
	}},
	{"Sessions/to sign in changes nothing of the account, and delivers nothing", func(s *scene) {
		id := s.member("alice")
		s.put(account("alice"))
		s.put(account("bob"))
		s.delivered(account("alice")) // what made it a member
		row := func() []string {
			rows, err := s.Rows(`SELECT *, (SELECT CAST(sum(raised) AS TEXT) FROM account_revisions r WHERE r.account_id = a.id)
				FROM accounts a WHERE a.id = $1`, atoi(id))
			s.must(err)
			return rows[0]
		}
		before := row()
		l := s.listen(s.fenced)
		s.must(s.isOn(s.signs("alice", laptop).Session))
		s.must(s.Store.EndOtherSessions(s.ctx, id, ""))
		s.foreign(`UPDATE accounts SET theme = 'Dark' WHERE email = $1`, email("bob"))
		l.hears(account("bob")) // and nothing before it
		l.stop()
		if diff := cmp.Diff(before, row()); diff != "" {
			s.Error(diff)
		}
	}},
	{"Sessions/no token is in any table", func(s *scene) {
		s.member("alice")
		given := s.signs("alice", laptop)
		for _, table := range []string{"sessions", "known_browsers", "audit", "mail_budgets"} {
			rows, err := s.Rows(`SELECT * FROM ` + table)
			s.must(err)
			for _, token := range []store.Secret{given.Session, given.Browser} {
				if text := fmt.Sprint(rows); token.Len() < 40 || contains(text, token) {
					s.Errorf("a token is in %s", table)
				}
			}
		}
	}},
	{"Sessions/another password in a session ends all, and goes on in another one that lasts no longer", func(s *scene) {
		id := s.member("alice")
		other, this := s.signs("alice", phone), s.signs("alice", laptop)
		s.takes(store.MailSignedIn)
		s.foreign(`UPDATE sessions SET created_at = $1`, ago(time.Hour))
		l := s.listen(s.fenced)
		given, err := s.Store.ChangePassword(s.ctx, this.Session, s.judged("alice", laptop), newHash, laptop)
		s.must(err)
		l.hears(account("alice"))
		l.stop()
		s.isOver(other.Session)
		s.isOver(this.Session)
		in, err := s.Store.Session(s.ctx, given.Session)
		s.must(err)
		if age := time.Since(in.Created); age < time.Hour || time.Since(in.Proved) > patience || len(s.listed(id)) != 1 {
			s.Errorf("found %+v", in)
		}
		if n := s.count(`SELECT count(*) FROM accounts WHERE password_hash = $1`, string(newHash.Reveal())); n != "1" {
			s.Error("the password is another")
		}
		s.takes(store.MailPasswordChanged)
		_, err = s.Store.ChangePassword(s.ctx, given.Session, s.judged("alice", laptop), store.Secret{}, laptop)
		if !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
	}},
	{"Sessions/what was given again counts from then on", func(s *scene) {
		s.member("alice")
		token := s.signs("alice", laptop).Session
		s.foreign(`UPDATE sessions SET proved_at = $1`, ago(time.Hour))
		s.must(s.Store.ProveSession(s.ctx, token, s.judged("alice", laptop), laptop))
		if in, err := s.Store.Session(s.ctx, token); err != nil || time.Since(in.Proved) > patience {
			s.Errorf("found %+v, %v", in, err)
		}
		s.member("bob")
		s.isGone(s.Store.ProveSession(s.ctx, token, s.judged("bob", laptop), laptop))
	}},
}

var signingIn = []promise{
	{"Signing in/no more than the allowed attempts pass of 100 at once, for an account and for nobody's address", func(s *scene) {
		s.member("alice")
		for _, name := range []string{"alice", "nobody"} {
			var group sync.WaitGroup
			errs := make([]error, 100)
			for n := range errs {
				group.Go(func() { errs[n] = s.insist(func() error { return s.attempt(name, phone) }) })
			}
			group.Wait()
			passed := 0
			for _, err := range errs {
				limited := (*store.RateLimitedError)(nil)
				if err == nil {
					passed++
				} else if !errors.As(err, &limited) || limited.RetryAfter <= 0 || limited.RetryAfter > time.Hour {
					s.Errorf("got %v", err)
				}
			}
			if passed != store.SignInAttempts {
				s.Errorf("%s: %d passed", name, passed)
			}
		}
	}},
	{"Signing in/a stranger who guesses keeps no browser out that signed in before", func(s *scene) {
		s.member("alice")
		known := laptop
		known.Token = s.signs("alice", laptop).Browser
		s.exhausts("alice", phone)
		s.must(s.attempt("alice", known))
		s.member("mallory")
		other := phone
		other.Token = s.signs("mallory", phone).Browser // known, and not of alice
		s.isLimited(s.attempt("alice", other))
		s.exhausts("alice", known) // it has as many as everybody else, and no more
		s.must(s.attempt("bob", known))
	}},
	{"Signing in/the right password begins to count again, and an hour later it does by itself", func(s *scene) {
		s.member("alice")
		for range 3 * store.SignInAttempts {
			s.signs("alice", laptop)
		}
		s.exhausts("alice", phone)
		s.laterThan(mailSpan)
		s.must(s.attempt("alice", phone))
	}},
	{"Signing in/a browser that two accounts signed in with is known to both", func(s *scene) {
		s.member("alice")
		s.member("bob")
		shared := laptop
		shared.Token = s.signs("alice", shared).Browser
		former := shared
		shared.Token = s.signs("bob", shared).Browser
		s.exhausts("alice", phone)
		s.exhausts("bob", phone)
		s.must(s.attempt("alice", shared))
		s.must(s.attempt("bob", shared))
		s.isLimited(s.attempt("alice", former))
	}},
}
