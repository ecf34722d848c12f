package storetest

import (
	"errors"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// What holders sign in with.
var (
	laptop = store.Browser{Peer: "192.0.2.1", UserAgent: "laptop"}
	phone  = store.Browser{Peer: "2001:db8::1", UserAgent: "phone"}
)

// member is an account with a confirmed address and a password.
func (s *scene) member(name string) (id string) {
	s.Helper()
	a := s.confirm(name)
	s.foreign(`UPDATE accounts SET password_hash = 'hash' WHERE email = $1`, email(name))
	return a.ID
}

// judged is what a right password was judged by.
func (s *scene) judged(name string, from store.Browser) store.SignIn {
	s.Helper()
	judged, err := s.Store.TrySignIn(s.ctx, email(name), from)
	s.must(err)
	return judged
}

// signs gives the password.
func (s *scene) signs(name string, from store.Browser) store.Given {
	s.Helper()
	given, err := s.Store.BeginSession(s.ctx, s.judged(name, from), from)
	s.must(err)
	return given
}

// attempt gives a wrong one.
func (s *scene) attempt(name string, from store.Browser) error {
	_, err := s.Store.TrySignIn(s.ctx, email(name), from)
	return err
}

// exhausts gives wrong ones until no more are judged.
func (s *scene) exhausts(name string, from store.Browser) {
	s.Helper()
	for range store.SignInAttempts {
		_ = s.attempt(name, from)
	}
	s.isLimited(s.attempt(name, from))
}

func (s *scene) isLimited(err error) {
	s.Helper()
	if !errors.As(err, new(*store.RateLimitedError)) {
		s.Errorf("got %v", err)
	}
}

func (s *scene) listed(id string) []store.Session {
	s.Helper()
	all, err := s.Store.Sessions(s.ctx, id)
	s.must(err)
	return all
}

func (s *scene) isOn(token store.Secret) error {
	_, err := s.Store.Session(s.ctx, token)
	return err
}

func (s *scene) isOver(token store.Secret) {
	s.Helper()
	s.isGone(s.isOn(token))
}

func (s *scene) isGone(err error) {
	s.Helper()
	if !errors.Is(err, store.ErrNotFound) {
		s.Errorf("got %v", err)
	}
}

// ago is a time as tables have it.
func ago(d time.Duration) string { return time.Now().Add(-d).UTC().Format("2006-01-02T15:04:05.000Z") }

func contains(text string, secret store.Secret) bool {
	return strings.Contains(text, string(secret.Reveal()))
}

// Given a holder who is signed in, a browser where the code is still to come, and an API key with a session, when the password is another, the factor is reset, or
// the account or the store is put back, then both have to begin again.
func endWithIt(s *scene) {
	for what, end := range map[string]func(id string){
		"a password by link": func(string) {
			s.must(s.Store.ChoosePassword(s.ctx, s.link(store.LinkChoosePassword, "alice"), newHash))
		},
		"another program's password":     func(string) { s.foreign(`UPDATE accounts SET password_hash = 'other'`) },
		"no password":                    func(string) { s.foreign(`UPDATE accounts SET password_hash = NULL`) },
		"a second factor that was reset": func(string) { s.act("reset-"+time.Now().String(), store.ActionResetTwoFactor) },
		"a deletion":                     func(string) { s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{})) },
		"a deletion by another program":  func(string) { s.foreign(`UPDATE accounts SET deleted_at = created_at`) },
		"a restoration": func(id string) {
			s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
			s.must(s.fenced.Restore(s.ctx, account("alice"), id))
		},
		"a suspension of access": func(string) { s.suspend("alice", true) },
		"a new incarnation": func(string) {
			_, err := s.fenced.BeginIncarnation(s.ctx, s.identity())
			s.must(err)
		},
		"a row of another incarnation": func(string) {
			s.foreign(`UPDATE sessions SET incarnation = incarnation - 1`)
			s.foreign(`UPDATE api_keys SET incarnation = incarnation - 1`)
		},
	} {
		s.laterThan(mailSpan)
		id := s.member("alice")
		whole := s.signs("alice", laptop)
		s.enrol(id)
		half := s.signs("alice", phone)
		s.must(s.isOn(whole.Session))
		s.must(s.isOn(half.Session))
		key, text := s.makesKey(id, "", ofAll)
		session, _, err := s.Store.Holder(id).BeginKeySession(s.ctx, key.ID)
		s.must(err)
		s.must(s.keyIsOn(session))
		end(id)
		for _, of := range []store.Secret{text, session} {
			if err := s.keyIsOn(of); !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s: of a key: got %v", what, err)
			}
		}
		for _, token := range []store.Secret{whole.Session, half.Session} {
			if err := s.isOn(token); !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s: got %v", what, err)
			}
		}
		if _, err := s.Store.CompleteSession(s.ctx, half.Session, phone); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("%s: completed, %v", what, err)
		}
		s.foreign(`DELETE FROM accounts`)
	}
}
