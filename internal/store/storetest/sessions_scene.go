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
