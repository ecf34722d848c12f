package storetest

import (
	"errors"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// proved: an address that was changed under an account with a password proves nothing, whoever reads its mail.
var proved = []promise{
	{"Proved/a changed address is not verified, no link goes there, and none confirms it", changedProvesNothing},
	{"Proved/an address that another program changed is not verified either", func(s *scene) {
		s.holder("alice")
		s.foreign(`UPDATE accounts SET email = 'new@example.com'`)
		s.takes(store.MailAddressChanged)
		if got := s.account("alice"); !got.EmailVerified.IsZero() || !got.AddressNotProved {
			s.Errorf("got %+v", got)
		}
	}},
	{"Proved/a program that says when it verified the new address is believed", func(s *scene) {
		s.holder("alice")
		s.foreign(`UPDATE accounts SET email = 'new@example.com', email_verified_at = '2026-01-02T03:04:05.678Z'`)
		if got := s.account("alice"); got.EmailVerified.IsZero() || got.AddressNotProved {
			s.Errorf("got %+v", got)
		}
	}},
	{"Proved/another program's mail with a link does not go to such an address", func(s *scene) {
		s.change("alice", "new@example.com")
		for _, kind := range []store.MailKind{store.MailVerifyAddress, store.MailResetPassword} {
			s.foreign(`INSERT INTO mails (account_id, kind, recipient) SELECT id, $1, email FROM accounts`, string(kind))
		}
		s.takes()
		if n := s.count(`SELECT count(*) FROM mails WHERE recipient = 'new@example.com'`); n != "0" {
			s.Errorf("%s mails hold the address", n)
		}
	}},
	{"Proved/a first address that was mistyped and corrected is confirmed by mail, and leads to the first password", func(s *scene) {
		s.put(account("alice"))
		mistyped := s.takes(store.MailVerifyAddress)[0].Token
		s.address("alice", "new@example.com")
		s.leadsNowhere(mistyped)
		next, err := s.Store.ConfirmAddress(s.ctx, s.pick(store.MailVerifyAddress, "new@example.com").Token)
		s.must(err)
		s.must(s.Store.ChoosePassword(s.ctx, next, newHash))
	}},
	{"Proved/a verified address that is changed before there is a password is confirmed again", func(s *scene) {
		s.confirm("alice")
		s.address("alice", "new@example.com")
		if got := s.account("alice"); !got.EmailVerified.IsZero() || got.AddressNotProved {
			s.Errorf("got %+v", got)
		}
		next, err := s.Store.ConfirmAddress(s.ctx, s.pick(store.MailVerifyAddress, "new@example.com").Token)
		s.must(err)
		s.must(s.Store.ChoosePassword(s.ctx, next, newHash))
	}},
	{"Proved/a link is for the address that it was made for", func(s *scene) {
		s.put(account("alice"))
		token := s.takes(store.MailVerifyAddress)[0].Token
		s.foreign(`UPDATE links SET email_key = 'other@example.com'`)
		s.leadsNowhere(token)
	}},
	{"Proved/whatever link is asked for, a first address that is not verified is asked to confirm", func(s *scene) {
		s.put(account("alice"))
		s.takes(store.MailVerifyAddress)
		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))
		s.takes(store.MailVerifyAddress)
		if got := s.act("reset", store.ActionSendPasswordReset); got.Refused != store.RefusedConfirmationMailed {
			s.Errorf("got %+v", got)
		}
		s.takes(store.MailVerifyAddress)
	}},
	{"Proved/an administrator confirms the address that was meant, and no other", confirmedByHand},
	{"Proved/an address that differs in letter case only is as proved as it was", func(s *scene) {
		s.holder("alice")
		s.address("alice", "Alice@Example.com")
		s.foreign(`UPDATE accounts SET email = 'ALICE@example.com'`)
		if got := s.account("alice"); got.EmailVerified.IsZero() {
			s.Errorf("got %+v", got)
		}
	}},
}

func changedProvesNothing(s *scene) {
	s.change("alice", "new@example.com")
	for _, purpose := range []store.LinkPurpose{store.LinkVerifyAddress, store.LinkChoosePassword} {
		s.must(s.Store.RequestLink(s.ctx, purpose, "new@example.com"))
	}
	for _, what := range []store.ActionType{store.ActionResendVerificationEmail, store.ActionSendPasswordReset} {
		if got := s.act(string(what), what); got.Refused != store.RefusedAddressNotProved {
			s.Errorf("%s: got %+v", what, got)
		}
	}
	s.takes()
	// Not even links that were there all the same.
	s.foreign(`UPDATE accounts SET email_changed_at = NULL`)
	verify := s.link(store.LinkVerifyAddress, "new")
	s.foreign(`UPDATE accounts SET email_verified_at = '2026-01-02T03:04:05.678Z'`)
	choose := s.link(store.LinkChoosePassword, "new")
	s.foreign(`UPDATE accounts SET email_verified_at = NULL, email_changed_at = '2026-01-02T03:04:05.678Z'`)
	if _, err := s.Store.ConfirmAddress(s.ctx, verify); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("got %v", err)
	}
	if err := s.Store.ChoosePassword(s.ctx, choose, newHash); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("got %v", err)
	}
}

func confirmedByHand(s *scene) {
	s.change("alice", "new@example.com")
	confirm := func(name, address string) store.ActionRefusal {
		got, err := s.fenced.Act(s.ctx, action(name), account("alice"), store.ActionRequest{Type: store.ActionConfirmAddress, Email: address})
		s.must(err)
		return got.Refused
	}
	got := []store.ActionRefusal{confirm("a", email("alice")), confirm("b", ""), confirm("c", "New@Example.com"), confirm("d", "new@example.com")}
	want := []store.ActionRefusal{store.RefusedAddressDiffers, store.RefusedAddressDiffers, "", store.RefusedAlreadyVerified}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
	if got := s.account("alice"); got.EmailVerified.IsZero() || got.AddressNotProved {
		s.Errorf("got %+v", got)
	}
	s.must(s.Store.ChoosePassword(s.ctx, s.link(store.LinkChoosePassword, "new"), newHash))
}

// holder makes an account whose address is confirmed, and which has a password.
func (s *scene) holder(name string) {
	s.Helper()
	s.confirm(name)
	s.foreign(`UPDATE accounts SET password_hash = 'x'`)
}

// change replaces the address of an account that has a password.
func (s *scene) change(name, address string) {
	s.Helper()
	s.holder(name)
	s.address(name, address)
	s.takes(store.MailAddressChanged)
	if got := s.account(name); !got.EmailVerified.IsZero() || !got.AddressNotProved {
		s.Errorf("got %+v", got)
	}
}

// address has the account's object name another address.
func (s *scene) address(name, address string) {
	s.Helper()
	_, err := s.fenced.PutAccount(s.ctx, account(name), store.AccountSpec{Email: address}, mark("r"))
	s.must(err)
}
