package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// mailedCodes: a code that was mailed counts once, in the session that asked for it.
var mailedCodes = []promise{
	{"MailedCode/it counts once, however it is typed", func(s *scene) {
		id := s.member("alice")
		mail := s.codeFor(id, "mine")
		if left := time.Until(mail.Expires); mail.To != email("alice") || left > store.CodeLifetime || left < store.CodeLifetime-time.Minute {
			s.Errorf("got %+v", mail)
		}
		typed := store.NewSecret([]byte(strings.ToLower(strings.ReplaceAll(string(mail.Token.Reveal()), "-", " "))))
		s.must(s.Store.AcceptMailedCode(s.ctx, id, "mine", typed))
		s.isGone(s.Store.AcceptMailedCode(s.ctx, id, "mine", mail.Token))
	}},
	{"MailedCode/it is no other session's, no other account's, and no link", func(s *scene) {
		id, mallory := s.member("alice"), s.member("mallory")
		code := s.codeFor(id, "mine").Token
		s.isGone(s.Store.AcceptMailedCode(s.ctx, id, "another", code))
		s.isGone(s.Store.AcceptMailedCode(s.ctx, mallory, "mine", code))
		s.leadsNowhere(code)
		s.isGone(s.Store.Holder(id).ProveAddress(s.ctx, code))
		s.must(s.Store.AcceptMailedCode(s.ctx, id, "mine", code))
	}},
	{"MailedCode/it is void when another is asked for, the address or the password is another, or its time is over", func(s *scene) {
		for what, void := range map[string]func(id string){
			"another":          func(id string) { s.codeFor(id, "mine") },
			"another's":        func(id string) { s.codeFor(id, "another") },
			"another address":  func(string) { s.foreign(`UPDATE accounts SET email = 'new@example.com'`) },
			"another password": func(string) { s.foreign(`UPDATE accounts SET password_hash = 'other'`) },
			"its end":          func(string) { s.foreign(`UPDATE links SET expires_at = '2026-01-02T03:04:05.678Z'`) },
		} {
			s.laterThan(mailSpan)
			id := s.member("alice")
			code := s.codeFor(id, "mine").Token
			void(id)
			s.Log(what)
			s.isGone(s.Store.AcceptMailedCode(s.ctx, id, "mine", code))
			s.foreign(`DELETE FROM accounts`)
		}
	}},
	{"MailedCode/wrong ones are counted with the account's other codes", func(s *scene) {
		id := s.member("alice")
		code := s.codeFor(id, "mine").Token
		for range store.FactorAttempts {
			s.isGone(s.Store.AcceptMailedCode(s.ctx, id, "mine", store.NewSecret([]byte("AAAA-AAAA-AAAA"))))
		}
		s.isLimited(s.Store.AcceptMailedCode(s.ctx, id, "mine", code))
	}},
	{"MailedCode/an account gets five within the hour", func(s *scene) {
		id := s.member("alice")
		for range rate {
			s.must(s.Store.MailCode(s.ctx, id, "mine"))
		}
		s.isLimited(s.Store.MailCode(s.ctx, id, "mine"))
	}},
	{"MailedCode/the store keeps no code", func(s *scene) {
		code := string(s.codeFor(s.member("alice"), "mine").Token.Reveal())
		plain := strings.ReplaceAll(code, "-", "")
		for _, table := range s.tables() {
			rows, err := s.Rows(`SELECT * FROM ` + table)
			s.must(err)
			for _, row := range rows {
				if text := strings.Join(row, " "); strings.Contains(text, code) || strings.Contains(text, plain) || strings.Contains(text, fmt.Sprintf("%x", plain)) {
					s.Errorf("it is in %s", table)
				}
			}
		}
	}},
	{"MailedCode/who has no account gets none", func(s *scene) {
		gone := s.deleted("gone").ID
		for _, id := range []string{gone, "4711", ""} {
			s.isGone(s.Store.MailCode(s.ctx, id, "mine"))
			s.isGone(s.Store.AcceptMailedCode(s.ctx, id, "mine", store.NewSecret([]byte("AAAA-AAAA-AAAA"))))
		}
	}},
}

// codeFor has a code mailed for a session of the account.
func (s *scene) codeFor(id, session string) store.Mail {
	s.Helper()
	s.must(s.Store.MailCode(s.ctx, id, session))
	return s.takes(store.MailFactorCode)[0]
}
