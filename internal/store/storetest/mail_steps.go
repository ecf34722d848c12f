package storetest

import (
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// takes takes all mails that are due, and fails unless they are of these kinds.
func (s *scene) takes(want ...store.MailKind) []store.Mail {
	s.Helper()
	mails, _, err := s.fenced.TakeMails(s.ctx, true, 100, time.Hour)
	s.must(err)
	var got []store.MailKind
	for _, m := range mails {
		got = append(got, m.Kind)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Fatal(diff)
	}
	return mails
}

// pick takes the mail of this kind to this address, and gives back what else is due.
func (s *scene) pick(kind store.MailKind, to string) store.Mail {
	s.Helper()
	mails, _, err := s.fenced.TakeMails(s.ctx, true, 100, time.Hour)
	s.must(err)
	n := slices.IndexFunc(mails, func(m store.Mail) bool { return m.Kind == kind && m.To == to })
	if n < 0 {
		s.Fatalf("there is no %s in %v", kind, mails)
	}
	for _, m := range slices.Delete(slices.Clone(mails), n, n+1) {
		s.must(s.fenced.MailFailed(s.ctx, m.ID, "given back", time.Now()))
	}
	return mails[n]
}

// hourLater makes due what waits for a time that was named.
func (s *scene) hourLater() {
	s.Helper()
	s.foreign(`UPDATE mails SET due_at = '2020-01-01T00:00:00.000Z' WHERE due_at IS NOT NULL`)
}

func (s *scene) counts(want store.MailCounts) {
	s.Helper()
	got, err := s.fenced.MailCounts(s.ctx)
	s.must(err)
	if oldest := !got.Oldest.IsZero(); oldest != (got.Waiting > 0) {
		s.Errorf("%d wait, the oldest since %s", got.Waiting, got.Oldest)
	}
	got.Oldest = time.Time{}
	if got != want {
		s.Errorf("got %+v, wanted %+v", got, want)
	}
}

// confirm makes an account whose address is confirmed.
func (s *scene) confirm(name string) store.Account {
	s.Helper()
	return s.confirmed(account(name))
}

func (s *scene) confirmed(c store.Claim) store.Account {
	s.Helper()
	a := s.put(c)
	mail := s.pick(store.MailVerifyAddress, email(c.Name))
	s.must(s.fenced.MailSent(s.ctx, mail.ID))
	_, err := s.Store.ConfirmAddress(s.ctx, mail.Token)
	s.must(err)
	return a
}

// confirms has the holder confirm the address of an account that is there.
func (s *scene) confirms(name string) {
	s.Helper()
	_, err := s.Store.ConfirmAddress(s.ctx, s.link(store.LinkVerifyAddress, name))
	s.must(err)
}

// both are a link to confirm the address of an account that has none confirmed, and one to choose its password.
func (s *scene) both(name string) (verify, choose store.Secret) {
	s.Helper()
	s.confirms(name)
	choose = s.link(store.LinkChoosePassword, name)
	s.foreign(`UPDATE accounts SET email_verified_at = NULL WHERE email = $1`, email(name))
	return s.link(store.LinkVerifyAddress, name), choose
}

// link asks for a link for the address of the name and reads the mail.
func (s *scene) link(purpose store.LinkPurpose, name string) store.Secret {
	s.Helper()
	s.must(s.Store.RequestLink(s.ctx, purpose, email(name)))
	kind := map[store.LinkPurpose]store.MailKind{
		store.LinkVerifyAddress: store.MailVerifyAddress, store.LinkChoosePassword: store.MailResetPassword,
	}[purpose]
	return s.pick(kind, email(name)).Token
}

func (s *scene) putBy(fenced store.FencedStore, c store.Claim) error {
	_, err := fenced.PutAccount(s.ctx, c, store.AccountSpec{Email: email(c.Name)}, mark("r"))
	return err
}

// onlyOnce loses the first answer.
func onlyOnce(when Moment) Hook {
	struck := false
	return func(_ string, now Moment) error {
		if now != when || struck {
			return nil
		}
		struck = true
		return errLost
	}
}

func mailNotifies(s *scene) {
	notified := store.Claim{Cluster: cluster, Kind: store.KindMail}
	l := s.listen(s.fenced)
	s.put(account("alice"))
	l.hears(notified)
	s.takes(store.MailVerifyAddress) // one that waits would do
	s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))
	l.hears(notified)
	s.foreign(`INSERT INTO mails (account_id, kind, recipient) SELECT id, 'FactorReset', email FROM accounts WHERE email = 'alice@example.com'`)
	l.hears(notified)
	s.foreign(`INSERT INTO accounts (email) VALUES ('carol@example.com')`)
	s.must(s.Store.RequestLink(s.ctx, store.LinkVerifyAddress, email("carol")))
	l.hears(notified)
}
