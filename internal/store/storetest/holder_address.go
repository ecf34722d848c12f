package storetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/account-operator/account-operator/internal/store"
)

const next = "next@example.com"

// heldAddress: a later address is confirmed by who is signed in, with the link that was mailed there, and by nothing else.
var heldAddress = []promise{
	{"HolderAddress/an address that is wanted waits, and becomes the account's with the link that was mailed there", func(s *scene) {
		h := s.mover("alice")
		s.must(h.AskForAddress(s.ctx, "Next@Example.com"))
		s.pends(h, email("alice"), "Next@Example.com")
		mail := s.takes(store.MailProveAddress)[0]
		if mail.To != "Next@Example.com" || mail.Expires.IsZero() {
			s.Errorf("got %+v", mail)
		}
		if got, err := h.AddressToProve(s.ctx, mail.Token); err != nil || got != "Next@Example.com" {
			s.Errorf("got %q, %v", got, err)
		}
		s.must(h.ProveAddress(s.ctx, mail.Token))
		s.pends(h, "Next@Example.com", "")
		if got := s.account("alice"); got.EmailVerified.IsZero() || got.AddressNotProved {
			s.Errorf("got %+v", got)
		}
		if notice := s.takes(store.MailAddressChanged)[0]; notice.To != email("alice") || notice.NewAddress != "Next@Example.com" {
			s.Errorf("got %+v", notice)
		}
		s.isGone(h.ProveAddress(s.ctx, mail.Token))
		s.delivered(account("alice"))
		s.must(s.Store.ChoosePassword(s.ctx, s.resetAt("Next@Example.com"), newHash))
	}},
	{"HolderAddress/the link opens nothing else, and no other link confirms the address", func(s *scene) {
		h := s.mover("alice")
		mallory := s.Store.Holder(s.member("mallory"))
		s.must(h.AskForAddress(s.ctx, next))
		token := s.pick(store.MailProveAddress, next).Token
		s.leadsNowhere(token)
		s.isGone(mallory.ProveAddress(s.ctx, token))
		s.isGone(second(mallory.AddressToProve(s.ctx, token)))
		reset := s.link(store.LinkChoosePassword, "alice")
		s.isGone(h.ProveAddress(s.ctx, reset))
		s.isGone(h.ProveAddress(s.ctx, store.Secret{}))
		s.must(h.ProveAddress(s.ctx, token))
	}},
	{"HolderAddress/a link is void when another address is wanted, the link is asked for again, or the password or the address is another", func(s *scene) {
		for what, void := range map[string]func(store.Holder){
			"another address":              func(h store.Holder) { s.must(h.AskForAddress(s.ctx, "other@example.com")) },
			"again":                        func(h store.Holder) { s.must(h.AskAgain(s.ctx)) },
			"not wanted any more":          func(h store.Holder) { s.must(h.KeepAddress(s.ctx)) },
			"the present address":          func(h store.Holder) { s.must(h.AskForAddress(s.ctx, "ALICE@example.com")) },
			"another password":             func(store.Holder) { s.foreign(`UPDATE accounts SET password_hash = 'other'`) },
			"another address by a program": func(store.Holder) { s.foreign(`UPDATE accounts SET email = 'third@example.com'`) },
			"a deletion":                   func(store.Holder) { s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{})) },
			"its end":                      func(store.Holder) { s.foreign(`UPDATE links SET expires_at = '2026-01-02T03:04:05.678Z'`) },
		} {
			s.laterThan(mailSpan)
			h := s.mover("alice")
			s.must(h.AskForAddress(s.ctx, next))
			token := s.pick(store.MailProveAddress, next).Token
			void(h)
			if err := h.ProveAddress(s.ctx, token); !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s: got %v", what, err)
			}
			if n := s.count(`SELECT count(*) FROM accounts WHERE email = $1`, next); n != "0" {
				s.Errorf("%s: the account has the address", what)
			}
			s.foreign(`DELETE FROM accounts`)
		}
	}},
	{"HolderAddress/whether an address is in use is not said, and no link goes there", func(s *scene) {
		h := s.mover("alice")
		s.put(account("bob"))
		s.takes(store.MailVerifyAddress)
		s.must(h.AskForAddress(s.ctx, next))
		s.must(h.AskForAddress(s.ctx, "BOB@example.com")) // what waits for the former one is void
		s.pends(h, email("alice"), "BOB@example.com")
		s.must(h.AskAgain(s.ctx))
		s.takes()
	}},
	{"HolderAddress/an address that another account has by the time that it is confirmed is not the account's", func(s *scene) {
		h := s.mover("alice")
		s.must(h.AskForAddress(s.ctx, next))
		token := s.pick(store.MailProveAddress, next).Token
		s.foreign(`INSERT INTO accounts (email) VALUES ('NEXT@example.com')`)
		s.isGone(h.ProveAddress(s.ctx, token))
		s.pends(h, email("alice"), next)
	}},
	{"HolderAddress/an address that the object sets is not the holder's, also while one waits", func(s *scene) {
		h := s.mover("alice")
		s.must(h.AskForAddress(s.ctx, next))
		token := s.pick(store.MailProveAddress, next).Token
		s.must(second(s.putBack("alice", "")))
		s.isManaged(h.ProveAddress(s.ctx, token), store.EmailLeaf, account("alice"))
		s.isManaged(h.AskForAddress(s.ctx, next), store.EmailLeaf, account("alice"))
		s.pends(h, email("alice"), "")
		s.must(h.AskAgain(s.ctx))
		s.takes()
		s.isGone(h.ProveAddress(s.ctx, token))
	}},
	{"HolderAddress/an account that nobody manages can change its address just as well", func(s *scene) {
		s.foreign(`INSERT INTO accounts (email, email_verified_at, password_hash) VALUES ($1, '2026-01-02T03:04:05.678Z', 'x')`, email("alice"))
		live, _, err := s.fenced.AtAddress(s.ctx, store.Claim{}, email("alice"))
		s.must(err)
		h := s.Store.Holder(live.ID)
		s.must(h.AskForAddress(s.ctx, next))
		s.must(h.ProveAddress(s.ctx, s.pick(store.MailProveAddress, next).Token))
		s.pends(h, next, "")
	}},
	{"HolderAddress/the address that the platform changed is confirmed in the same way, though it is the object's", func(s *scene) {
		s.change("alice", next)
		h := s.Store.Holder(s.account("alice").ID)
		s.must(h.AskAgain(s.ctx))
		mail := s.takes(store.MailProveAddress)[0]
		if mail.To != next || s.account("alice").Confirmation.State != store.MailWaiting {
			s.Errorf("got %+v", mail)
		}
		s.must(s.fenced.MailSent(s.ctx, mail.ID))
		if got := s.account("alice").Confirmation.State; got != store.MailSent {
			s.Errorf("got %q", got)
		}
		s.must(h.ProveAddress(s.ctx, mail.Token))
		if got := s.account("alice"); got.EmailVerified.IsZero() || got.AddressNotProved {
			s.Errorf("got %+v", got)
		}
		s.must(h.AskAgain(s.ctx)) // there is nothing to confirm any more
		s.takes()
	}},
	{"HolderAddress/an account asks for five links within the hour, whatever the addresses, and others as many", func(s *scene) {
		h, other := s.mover("alice"), s.mover("bob")
		for n := range rate {
			if n%2 == 0 {
				s.must(h.AskForAddress(s.ctx, fmt.Sprintf("n%d@example.com", n)))
			} else {
				s.must(h.AskAgain(s.ctx))
			}
		}
		s.isLimited(h.AskForAddress(s.ctx, next))
		s.isLimited(h.AskAgain(s.ctx))
		s.must(h.KeepAddress(s.ctx))
		s.must(other.AskForAddress(s.ctx, next))
		s.laterThan(mailSpan)
		s.must(h.AskForAddress(s.ctx, next))
	}},
	{"HolderAddress/one of many who use the link at once succeeds", func(s *scene) {
		h := s.mover("alice")
		s.must(h.AskForAddress(s.ctx, next))
		token := s.pick(store.MailProveAddress, next).Token
		errs := make([]error, 8)
		var group sync.WaitGroup
		for n := range errs {
			group.Go(func() { errs[n] = s.insist(func() error { return h.ProveAddress(s.ctx, token) }) })
		}
		group.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !errors.Is(err, store.ErrNotFound) {
				s.Errorf("got %v", err)
			}
		}
		if done != 1 {
			s.Errorf("%d succeeded", done)
		}
	}},
	{"HolderAddress/what is no address's is refused", func(s *scene) {
		h := s.mover("alice")
		for _, wrong := range []string{"", "\xff", "a\x00b@example.com", string(make([]byte, 300))} {
			if err := h.AskForAddress(s.ctx, wrong); !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("got %v", err)
			}
		}
	}},
}

// mover is the holder of an account whose address is theirs to change.
func (s *scene) mover(name string) store.Holder {
	s.Helper()
	id := s.member(name)
	s.putHolders(name, email(name))
	return s.Store.Holder(id)
}

func (s *scene) pends(h store.Holder, present, pending string) {
	s.Helper()
	got, err := h.Account(s.ctx)
	s.must(err)
	if got.Email != present || got.Pending != pending {
		s.Errorf("it has %q, and %q waits", got.Email, got.Pending)
	}
}

// resetAt asks for a link to choose a password, and takes its token out of the mail.
func (s *scene) resetAt(address string) store.Secret {
	s.Helper()
	s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, address))
	return s.pick(store.MailResetPassword, address).Token
}
