package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// rate is how many mails with links the stores of these promises let an address get from each origin.
const rate = 5

var mailBudgets = []promise{
	{"Budgets/an address that is written into a spec again and again gets as many mails with links as the limit allows", func(s *scene) {
		// Given an account whose address goes to and fro between its own and an outsider's
		got := map[store.MailKind]int{}
		for n := range 20 {
			address := []string{"outsider@example.com", email("alice")}[n%2]
			_, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: address}, mark("r"))
			s.must(err)
			// When everything that is due goes out
			for _, m := range s.sendsAll() {
				if m.To == "outsider@example.com" {
					got[m.Kind]++
				}
			}
		}
		// Then the outsider got five links and five notices, and the last of each waits
		if got[store.MailVerifyAddress] != rate || got[store.MailAddressChanged] != rate {
			s.Errorf("got %v", got)
		}
	}},
	{"Budgets/deleting an account and making it again mails its address no more links than the limit", func(s *scene) {
		links := 0
		for range 8 {
			s.put(account("alice"))
			links += len(s.sendsAll())
			s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		}
		if links != rate {
			s.Errorf("%d mails", links)
		}
	}},
	{"Budgets/what is held back waits, says until when, notifies its account, and goes out when the hour is over", func(s *scene) {
		for range rate {
			s.put(account("alice"))
			s.takes(store.MailVerifyAddress)
			s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		}
		s.put(account("alice"))
		l := s.listen(s.fenced)
		_, next, err := s.fenced.TakeMails(s.ctx, true, 10, time.Hour)
		s.must(err)
		l.hears(account("alice"))
		c := s.account("alice").Confirmation
		if left := time.Until(c.Held); c.State != store.MailWaiting || left < 50*time.Minute || left > time.Hour || !next.Equal(c.Held) {
			s.Errorf("got %+v, next %s", c, next)
		}
		s.takes()
		s.laterThan(mailSpan)
		s.hourLater()
		s.takes(store.MailVerifyAddress)
		if c := s.account("alice").Confirmation; !c.Held.IsZero() {
			s.Errorf("it is still held back: %+v", c)
		}
	}},
	{"Budgets/nobody uses up another's: the pages, the account holder, the platform", func(s *scene) {
		s.confirm("alice")
		// Given that a stranger asked until nothing came any more
		for range 2 * rate {
			s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))
			s.sendsAll()
		}
		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))
		s.takes()
		// Then the holder, by another program, and the help desk still get their five each
		for n := range rate {
			s.foreign(`INSERT INTO mails (account_id, kind, recipient, origin)
				SELECT id, 'ResetPassword', email, 'Administrator' FROM accounts WHERE deleted_at IS NULL`) // it is not
			s.takes(store.MailResetPassword)
			if n > 0 { // one was spent to confirm the address
				if got := s.act(fmt.Sprint("help-", n), store.ActionSendPasswordReset); got.Refused != "" {
					s.Fatalf("the help desk was refused: %+v", got)
				}
				s.takes(store.MailResetPassword)
			}
		}
		if got := s.act("one-more", store.ActionSendPasswordReset); got.Refused != store.RefusedRateLimited {
			s.Errorf("got %+v", got)
		}
	}},
	{"Budgets/an address has its limit in whatever letter case it is written", func(s *scene) {
		for n := range 2 * rate {
			address := []string{"alice@example.com", "Alice@Example.COM"}[n%2]
			_, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: address}, mark("r"))
			s.must(err)
			s.foreign(`UPDATE mails SET created_at = created_at WHERE state = 'Waiting'`)
			s.sendsAll()
			s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		}
		if n := s.count(`SELECT sum(used) FROM mail_budgets WHERE origin = 'Administrator'`); n != "5" {
			s.Errorf("%s were counted", n)
		}
	}},
	{"Budgets/60 resets of the second factor mail five notices, and the others become one that waits", func(s *scene) {
		id := s.confirm("alice").ID
		sent := 0
		for n := range 60 {
			s.foreign(`INSERT INTO factors (account_id, method) VALUES ($1, 'BackupCode')`, atoi(id))
			if got := s.act(fmt.Sprint("reset-", n), store.ActionResetTwoFactor); got.Refused != "" {
				s.Fatalf("got %+v", got)
			}
			sent += len(s.sendsAll())
		}
		s.counts(store.MailCounts{Held: 1})
		s.laterThan(mailSpan)
		s.hourLater()
		s.takes(store.MailFactorReset)
		if sent != rate {
			s.Errorf("%d notices", sent)
		}
	}},
	{"Budgets/notices that nobody took yet become one, which says the newest", func(s *scene) {
		s.confirm("alice")
		for _, address := range []string{"one@example.com", email("alice"), "two@example.com"} {
			s.foreign(`UPDATE accounts SET email = $1`, address)
		}
		mails := s.sendsAll()
		at := slices.IndexFunc(mails, func(m store.Mail) bool { return m.To == email("alice") })
		if len(mails) != 2 || at < 0 || mails[at].NewAddress != "two@example.com" {
			s.Errorf("got %+v", mails)
		}
	}},
	{"Budgets/links that were asked for do not use up what notices may, nor the other way round", func(s *scene) {
		id := s.confirm("alice").ID
		for n := range 2 * rate {
			s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))
			_ = s.act(fmt.Sprint("link-", n), store.ActionSendPasswordReset)
			s.sendsAll()
		}
		s.enrol(id)
		s.takes(store.MailFactorAdded)
		s.act("reset", store.ActionResetTwoFactor)
		s.takes(store.MailFactorReset)
	}},
	{"Budgets/what strangers ask for leaves a bounded number of rows, however many ask for whatever address", strangersLeaveLittle},
	{"Budgets/beyond what all pages together may ask for everybody is asked to wait, whatever the address", func(s *scene) {
		s.confirm("alice")
		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("nobody")))
		s.foreign(`UPDATE mail_budgets SET used = 1000000 WHERE bucket = -1`)
		for _, address := range []string{email("alice"), email("nobody")} {
			limited := (*store.RateLimitedError)(nil)
			err := s.Store.RequestLink(s.ctx, store.LinkChoosePassword, address)
			if !errors.As(err, &limited) || limited.RetryAfter <= 0 || limited.RetryAfter > time.Hour {
				s.Errorf("%s: got %v", address, err)
			}
		}
		s.takes()
	}},
	{"Budgets/what they count of an hour that is over is swept, and holds no address", func(s *scene) {
		s.confirm("alice")
		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))
		if n := s.count(`SELECT count(*) FROM mail_budgets WHERE CAST(bucket AS TEXT) LIKE '%alice%'`); n != "0" {
			s.Errorf("%s addresses", n)
		}
		s.laterThan(mailSpan)
		_, err := s.fenced.Purge(s.ctx, time.Now().Add(-time.Hour))
		s.must(err)
		if n := s.count(`SELECT count(*) FROM mail_budgets`); n != "0" {
			s.Errorf("%s rows", n)
		}
	}},
	{"Confirmation/an account shows what became of the mail that asks for it", confirmationShown},
	{"Notices/who had a password is notified that it is another, and not of the first", func(s *scene) {
		s.confirm("alice")
		s.foreign(`UPDATE accounts SET password_hash = 'first'`)
		s.takes()
		s.must(s.Store.ChoosePassword(s.ctx, s.link(store.LinkChoosePassword, "alice"), newHash))
		if got := s.takes(store.MailPasswordChanged)[0]; got.To != email("alice") || got.Token.Len() != 0 {
			s.Errorf("got %+v", got)
		}
	}},
	{"Notices/who confirmed the address is notified that the account is deleted, and nobody else", func(s *scene) {
		s.confirm("alice")
		s.put(account("bob"))
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		s.must(s.fenced.DeleteAccount(s.ctx, account("bob"), store.Deletion{}))
		if got := s.takes(store.MailAccountDeleted)[0]; got.To != email("alice") || got.Token.Len() != 0 {
			s.Errorf("got %+v", got)
		}
	}},
}

// mailSpan is the span of a limit, and a little more.
const mailSpan = time.Hour + time.Minute

// sendsAll sends what is due.
func (s *scene) sendsAll() []store.Mail {
	s.Helper()
	mails, _, err := s.fenced.TakeMails(s.ctx, true, 100, time.Hour)
	s.must(err)
	for _, m := range mails {
		s.must(s.fenced.MailSent(s.ctx, m.ID))
	}
	return mails
}

// laterThan has so much time passed since every budget began.
func (s *scene) laterThan(d time.Duration) {
	s.Helper()
	s.foreign(`UPDATE mail_budgets SET began = $1`, time.Now().Add(-d).UTC().Format("2006-01-02T15:04:05.000Z"))
}

func strangersLeaveLittle(s *scene) {
	s.confirm("alice")
	rows := func() (n int64) {
		for _, table := range []string{"audit", "mails", "mail_budgets", "links", "changes"} {
			n += atoi(s.count(`SELECT count(*) FROM ` + table))
		}
		return n
	}
	before := rows()
	for n := range 400 {
		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, []string{email("alice"), email(fmt.Sprint("nobody-", n))}[n%2]))
	}
	// One mail, its row of the audit, what notifies of it, and the row that counts.
	if left := rows() - before; left > 5 {
		s.Errorf("400 requests left %d rows", left)
	}
}

func confirmationShown(s *scene) {
	says := func(want store.Confirmation) {
		s.Helper()
		got := s.account("alice").Confirmation
		all, err := s.fenced.Accounts(s.ctx, "", 10)
		s.must(err)
		if all[0].Confirmation != got {
			s.Errorf("a page says %+v", all[0].Confirmation)
		}
		for _, at := range []*time.Time{&got.Since, &got.Sent} {
			if !at.IsZero() && time.Since(*at).Abs() < time.Minute {
				*at = now
			}
		}
		if got != want {
			s.Errorf("got %+v, wanted %+v", got, want)
		}
	}
	s.put(account("alice"))
	says(store.Confirmation{State: store.MailWaiting, Since: now})
	id := s.takes(store.MailVerifyAddress)[0].ID
	l := s.listen(s.fenced)
	s.must(s.fenced.MailFailed(s.ctx, id, "no answer", time.Now()))
	l.hears(account("alice"))
	says(store.Confirmation{State: store.MailWaiting, Since: now, Reason: "no answer"})
	s.must(s.fenced.MailFailed(s.ctx, id, "refused", time.Time{}))
	l.hears(account("alice"))
	says(store.Confirmation{State: store.MailDead, Since: now, Reason: "refused"})
	s.act("again", store.ActionResendVerificationEmail)
	s.sendsAll()
	says(store.Confirmation{State: store.MailSent, Since: now, Sent: now})
	s.foreign(`UPDATE mails SET created_at = '2020-01-01T00:00:00.000Z'`)
	_, err := s.fenced.Purge(s.ctx, time.Now().Add(-time.Hour))
	s.must(err)
	if got := s.account("alice").Confirmation; got.State != store.MailSent {
		s.Errorf("a week later: %+v", got)
	}
	s.foreign(`UPDATE accounts SET email = 'other@example.com'`)
	says(store.Confirmation{})
}

// now stands for a time that is about now.
var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
