package storetest

import (
	"errors"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

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
