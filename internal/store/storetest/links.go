package storetest

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

var newHash = store.NewSecret([]byte("$argon2id$canary-hash"))

var links = []promise{
	{"Links/a link is mailed to the account's address, whatever its row says", func(s *scene) {
		s.confirm("alice")
		for _, kind := range []store.MailKind{store.MailVerifyAddress, store.MailResetPassword} {
			s.foreign(`INSERT INTO mails (account_id, kind, recipient) SELECT id, $1, 'mallory@example.com' FROM accounts`, kind)
			if got := s.takes(kind)[0]; got.To != email("alice") {
				s.Errorf("%s goes to %s", kind, got.To)
			}
		}
	}},
	{"Links/looking at a link changes nothing", func(s *scene) {
		s.put(account("alice"))
		token := s.takes(store.MailVerifyAddress)[0].Token
		for range 3 {
			got, err := s.Store.Link(s.ctx, token)
			s.must(err)
			if got.Purpose != store.LinkVerifyAddress || got.Email != email("alice") || got.Theme != "System" || time.Until(got.Expires) < time.Hour {
				s.Errorf("got %+v", got)
			}
		}
	}},
	{"Links/a confirmed address is delivered as another's write, and its token is used up", func(s *scene) {
		s.put(account("alice"))
		token := s.takes(store.MailVerifyAddress)[0].Token
		l := s.listen(s.fenced)
		next, err := s.Store.ConfirmAddress(s.ctx, token)
		s.must(err)
		l.hears(account("alice"))
		if n := s.count(`SELECT count(*) FROM accounts WHERE email_verified_at IS NOT NULL`); n != "1" {
			s.Errorf("%s are confirmed", n)
		}
		s.leadsNowhere(token)
		if got, err := s.Store.Link(s.ctx, next); err != nil || got.Purpose != store.LinkChoosePassword {
			s.Errorf("got %+v, %v", got, err)
		}
	}},
	{"Links/only an account without a password is led on to choose one", func(s *scene) {
		s.put(account("alice"))
		s.foreign(`UPDATE accounts SET password_hash = 'x'`)
		s.takes() // the password is another than the one when this mail was asked for
		next, err := s.Store.ConfirmAddress(s.ctx, s.link(store.LinkVerifyAddress, "alice"))
		s.must(err)
		if next.Len() != 0 {
			s.Error("it is led on")
		}
	}},
	{"Links/a chosen password is kept, and confirms the address that the link came to", func(s *scene) {
		s.put(account("alice"))
		_, choose := s.both("alice")
		s.must(s.Store.ChoosePassword(s.ctx, choose, newHash))
		if n := s.count(`SELECT count(*) FROM accounts WHERE password_hash = $1 AND email_verified_at IS NOT NULL`,
			string(newHash.Reveal())); n != "1" {
			s.Errorf("%s rows", n)
		}
	}},
	{"Links/a token does one thing only", func(s *scene) {
		s.put(account("alice"))
		verify, choose := s.both("alice")
		if err := s.Store.ChoosePassword(s.ctx, verify, newHash); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("got %v", err)
		}
		if _, err := s.Store.ConfirmAddress(s.ctx, choose); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("got %v", err)
		}
		_, err := s.Store.ConfirmAddress(s.ctx, verify) // neither was used up
		s.must(err)
		s.must(s.Store.ChoosePassword(s.ctx, choose, newHash))
	}},
	{"Links/asking again voids the link and the mail that were asked for before", func(s *scene) {
		s.confirm("alice")
		first := s.link(store.LinkChoosePassword, "alice")
		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice"))) // waits
		last := s.link(store.LinkChoosePassword, "alice")
		s.leadsNowhere(first)
		s.takes()
		s.must(s.Store.ChoosePassword(s.ctx, last, newHash))
	}},
	{"Links/every attempt to send a mail has a link that works", func(s *scene) {
		s.put(account("alice"))
		first := s.takes(store.MailVerifyAddress)[0]
		s.must(s.fenced.MailFailed(s.ctx, first.ID, "no answer", time.Now()))
		second := s.takes(store.MailVerifyAddress)[0]
		for _, m := range []store.Mail{first, second} {
			if _, err := s.Store.Link(s.ctx, m.Token); err != nil {
				s.Error(err)
			}
		}
		_, err := s.Store.ConfirmAddress(s.ctx, first.Token)
		s.must(err)
		s.leadsNowhere(second.Token)
	}},
	{"Links/no link outlives its time, the address, the password or the account", outlivesNothing},
	{"Links/a link for an address does not come back with it", func(s *scene) {
		s.put(account("alice"))
		token := s.takes(store.MailVerifyAddress)[0].Token
		for _, address := range []string{"new@example.com", email("alice")} {
			_, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: address}, mark("r"))
			s.must(err)
		}
		s.leadsNowhere(token)
	}},
	{"Links/one of 100 who redeem at once succeeds", func(s *scene) {
		redeemed := s.isCase("G17", "a link", "redeemed by 100 at once")
		s.put(account("alice"))
		verify, choose := s.both("alice")
		s.oneOf100(func() error { _, err := s.Store.ConfirmAddress(s.ctx, verify); return err })
		s.oneOf100(func() error { return s.Store.ChoosePassword(s.ctx, choose, newHash) })
		redeemed.Add(200)
	}},
	{"Links/the answer to a request is the same whoever it is for", func(s *scene) {
		s.confirm("alice")
		s.put(account("gone"))
		s.must(s.fenced.DeleteAccount(s.ctx, account("gone"), store.Deletion{}))
		asked := `SELECT coalesce(sum(used), 0) FROM mail_budgets WHERE bucket = -1`
		before := s.count(asked)
		for _, address := range []string{email("alice"), "ALICE@example.com", email("nobody"), email("gone"), "", "no address"} {
			s.must(s.Store.RequestLink(s.ctx, store.LinkVerifyAddress, address)) // alice has nothing to confirm
			if strings.ToLower(address) != email("alice") {
				s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, address))
			}
		}
		s.takes()
		if after := s.count(asked); atoi(after)-atoi(before) != 10 {
			s.Errorf("%s writes, then %s", before, after)
		}
	}},
	{"Links/no more mails with links than the limit within the hour, however many ask at once", limitHolds},
	{"Links/no token is in any table", func(s *scene) {
		s.put(account("alice"))
		token := string(s.takes(store.MailVerifyAddress)[0].Token.Reveal())
		if len(token) < 43 {
			s.Errorf("the token has %d characters", len(token))
		}
		for _, table := range []string{"accounts", "mails", "links", "audit", "changes"} {
			rows, err := s.Rows(`SELECT * FROM ` + table)
			s.must(err)
			for _, row := range rows {
				if strings.Contains(strings.Join(row, " "), token) {
					s.Errorf("the token is in %s", table)
				}
			}
		}
	}},
	{"Links/a hash that is none is refused", func(s *scene) {
		s.confirm("alice")
		for _, hash := range []string{"", strings.Repeat("x", 1<<20)} {
			err := s.Store.ChoosePassword(s.ctx, s.link(store.LinkChoosePassword, "alice"), store.NewSecret([]byte(hash)))
			if !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("got %v", err)
			}
		}
	}},
}

// leadsNowhere: a token that is over looks like one that never was, whoever asks.
func (s *scene) leadsNowhere(token store.Secret) {
	s.Helper()
	_, look := s.Store.Link(s.ctx, token)
	_, confirm := s.Store.ConfirmAddress(s.ctx, token)
	choose := s.Store.ChoosePassword(s.ctx, token, newHash)
	never := store.NewSecret([]byte("never"))
	_, neverLook := s.Store.Link(s.ctx, never)
	_, neverConfirm := s.Store.ConfirmAddress(s.ctx, never)
	neverChoose := s.Store.ChoosePassword(s.ctx, never, newHash)
	for got, want := range map[error]error{look: neverLook, confirm: neverConfirm, choose: neverChoose} {
		if !errors.Is(got, store.ErrNotFound) || got.Error() != want.Error() {
			s.Errorf("got %v, wanted %v", got, want)
		}
	}
}

func outlivesNothing(s *scene) {
	for _, end := range []func(){
		func() { s.foreign(`UPDATE links SET expires_at = '2020-01-01T00:00:00.000Z'`) },
		func() { s.foreign(`UPDATE accounts SET email = 'new@example.com'`) },
		func() { s.foreign(`UPDATE accounts SET password_hash = 'x'`) },
		func() {
			s.confirms("alice")
			s.must(s.Store.ChoosePassword(s.ctx, s.link(store.LinkChoosePassword, "alice"), newHash))
		},
		func() { s.foreign(`UPDATE accounts SET deleted_at = created_at`) },
		func() { s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{})) },
		func() { s.foreign(`DELETE FROM accounts`) },
	} {
		s.put(account("alice"))
		verify, choose := s.both("alice")
		end()
		s.leadsNowhere(verify)
		s.leadsNowhere(choose)
		s.foreign(`DELETE FROM accounts`)
		s.laterThan(mailSpan)
	}
}

// oneOf100 fails unless the call succeeds for one of those who make it at once.
func (s *scene) oneOf100(call func() error) {
	s.Helper()
	var group sync.WaitGroup
	errs := make([]error, 100)
	for n := range errs {
		group.Go(func() { errs[n] = s.insist(call) })
	}
	group.Wait()
	succeeded := 0
	for _, err := range errs {
		if err == nil {
			succeeded++
		} else if !errors.Is(err, store.ErrNotFound) {
			s.Errorf("got %v", err)
		}
	}
	if succeeded != 1 {
		s.Errorf("%d succeeded", succeeded)
	}
}

func limitHolds(s *scene) {
	s.confirm("alice")
	sent := 0
	for range 2 * rate {
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				_ = s.insist(func() error { return s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")) })
			})
		}
		group.Wait()
		mails := s.sendsAll()
		if len(mails) > 1 {
			s.Errorf("%d mails at once", len(mails))
		}
		sent += len(mails)
	}
	if sent != rate {
		s.Errorf("%d mails", sent)
	}
	s.laterThan(mailSpan)
	s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))
	s.takes(store.MailResetPassword)
}
