package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var outbox = []promise{
	{"Outbox/a new account is asked to confirm its address, once", func(s *scene) {
		s.put(account("alice"))
		s.put(account("alice"))
		got := s.takes(store.MailVerifyAddress)[0]
		want := store.Mail{
			ID: got.ID, Kind: store.MailVerifyAddress, To: email("alice"), Created: got.Created, Attempts: 1, Theme: "System",
			Token: got.Token, Expires: got.Expires,
		}
		if diff := cmp.Diff(want, got); diff != "" || got.ID == "" || time.Since(got.Created).Abs() > time.Minute {
			s.Error(diff, got.ID, got.Created)
		}
		if left := time.Until(got.Expires); left > store.VerificationLifetime || left < store.VerificationLifetime-time.Minute {
			s.Errorf("the link lives for %s", left)
		}
		s.takes()
	}},
	{"Outbox/an account whose making was not answered is mailed once", func(s *scene) {
		for _, when := range []Moment{Before, After} {
			fenced, lost := Faulty(s.fenced, onlyOnce(when)), 0
			for errors.Is(s.putBy(fenced, account(string(when))), errLost) {
				lost++
			}
			if mails := s.takes(store.MailVerifyAddress); lost != 1 || mails[0].To != email(string(when)) {
				s.Errorf("%s: lost %d times, %v", when, lost, mails)
			}
		}
	}},
	{"Outbox/an account that another program makes is not mailed", func(s *scene) {
		s.foreign(`INSERT INTO accounts (email) VALUES ('carol@example.com')`)
		s.takes()
	}},
	{"Outbox/an account that is adopted or restored is not mailed", func(s *scene) {
		s.must(s.fenced.Adopt(s.ctx, account("adopted"), s.nobodys("adopted")))
		s.must(s.fenced.Restore(s.ctx, account("restored"), s.deleted("restored").ID))
		s.takes()
		s.put(account("adopted"))
		s.put(account("restored"))
		s.takes()
	}},
	{"Outbox/a change of the address is mailed to the former one, and the new one has yet to be confirmed", addressChanged},
	{"Outbox/another program's change of an address is mailed to the former one", func(s *scene) {
		s.confirm("alice")
		s.foreign(`UPDATE accounts SET email = 'mallory@example.com' WHERE email = 'alice@example.com'`)
		if got := s.takes(store.MailAddressChanged)[0]; got.To != email("alice") || got.NewAddress != email("mallory") {
			s.Errorf("got %+v", got)
		}
	}},
	{"Outbox/an address that differs in letter case only is the same", func(s *scene) {
		s.confirm("alice")
		_, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: "Alice@Example.com"}, mark("r"))
		s.must(err)
		s.takes()
	}},
	{"Outbox/a mail that was taken is nobody else's until the lease is over", func(s *scene) {
		s.put(account("alice"))
		first, next, err := s.fenced.TakeMails(s.ctx, true, 10, time.Hour)
		s.must(err)
		s.takes()
		if left := time.Until(next); len(first) != 1 || left > time.Hour || left < 50*time.Minute {
			s.Fatalf("took %v, next %s", first, next)
		}
		s.hourLater()
		second := s.takes(store.MailVerifyAddress)[0]
		if second.ID != first[0].ID || second.Attempts != 2 || second.Token.Equal(first[0].Token) {
			s.Errorf("got %+v", second)
		}
	}},
	{"Outbox/a mail that a former leader took is its successor's at once, and not another lease's", func(s *scene) {
		s.put(account("alice"))
		first := s.takes(store.MailVerifyAddress)[0]
		beside, err := s.Store.Lead(s.ctx, cluster, "beside")
		s.must(err)
		if mails, _, err := beside.TakeMails(s.ctx, true, 10, time.Hour); err != nil || len(mails) != 0 {
			s.Errorf("one who leads beside it took %v, %v", mails, err)
		}
		next, err := s.Store.Lead(s.ctx, cluster, lease)
		s.must(err)
		mails, _, err := next.TakeMails(s.ctx, true, 10, time.Hour)
		s.must(err)
		if len(mails) != 1 || mails[0].ID != first.ID || mails[0].Attempts != 2 {
			s.Fatalf("its successor took %v", mails)
		}
		s.must(next.MailFailed(s.ctx, first.ID, "later", time.Now().Add(time.Hour)))
		again, err := s.Store.Lead(s.ctx, cluster, lease)
		s.must(err)
		if mails, at, err := again.TakeMails(s.ctx, true, 10, time.Hour); err != nil || len(mails) != 0 || time.Until(at) < 50*time.Minute {
			s.Errorf("a mail that has to wait was taken: %v, next %s, %v", mails, at, err)
		}
	}},
	{"Outbox/each mail goes to one of many who take at once", takenOnce},
	{"Outbox/mails come the oldest first, and no more than asked for", func(s *scene) {
		var want, got []string
		for n := range 7 {
			name := fmt.Sprintf("a%d", n)
			s.put(account(name))
			s.foreign(`UPDATE mails SET created_at = $1 WHERE recipient = $2`, fmt.Sprintf("2026-01-01T00:00:0%d.000Z", n), email(name))
			want = append(want, email(name))
		}
		for range 3 {
			mails, _, err := s.fenced.TakeMails(s.ctx, true, 3, time.Minute)
			s.must(err)
			for _, m := range mails {
				got = append(got, m.To)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
	}},
	{"Outbox/notices do not wait for mails with links", func(s *scene) {
		s.put(account("alice"))
		_, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: "new@example.com"}, mark("r"))
		s.must(err)
		mails, _, err := s.fenced.TakeMails(s.ctx, false, 10, time.Minute)
		s.must(err)
		if len(mails) != 1 || mails[0].Kind != store.MailAddressChanged {
			s.Errorf("got %v", mails)
		}
		s.must(s.fenced.MailSent(s.ctx, mails[0].ID))
		if _, next, err := s.fenced.TakeMails(s.ctx, false, 10, time.Minute); err != nil || !next.IsZero() {
			s.Errorf("next %s, %v", next, err)
		}
		s.takes(store.MailVerifyAddress)
	}},
	{"Outbox/a mail that was sent is over, holds no address, and its claim is delivered", func(s *scene) {
		s.put(account("alice"))
		l := s.listen(s.fenced)
		id := s.takes(store.MailVerifyAddress)[0].ID
		for range 2 {
			s.must(s.fenced.MailSent(s.ctx, id))
		}
		s.must(s.fenced.MailFailed(s.ctx, id, "too late", time.Now()))
		l.hears(account("alice"))
		s.takes()
		s.counts(store.MailCounts{})
		if n := s.count(`SELECT count(*) FROM mails WHERE recipient <> ''`); n != "0" {
			s.Errorf("%s addresses", n)
		}
	}},
	{"Outbox/a mail that failed is tried again when it is time, or is dead", func(s *scene) {
		s.put(account("alice"))
		id := s.takes(store.MailVerifyAddress)[0].ID
		s.must(s.fenced.MailFailed(s.ctx, id, "no answer", time.Now().Add(time.Hour)))
		s.takes()
		s.hourLater()
		if got := s.takes(store.MailVerifyAddress)[0]; got.Attempts != 2 {
			s.Errorf("got %+v", got)
		}
		s.counts(store.MailCounts{Waiting: 1})
		s.must(s.fenced.MailFailed(s.ctx, id, "refused", time.Time{}))
		s.must(s.fenced.MailSent(s.ctx, id)) // too late
		s.takes()
		s.counts(store.MailCounts{Dead: 1})
	}},
	{"Outbox/a leader sees the mails of its cluster, and those of accounts that nobody manages", func(s *scene) {
		s.put(account("alice"))
		s.confirm("bob")
		s.must(s.fenced.DeleteAccount(s.ctx, account("bob"), store.Deletion{Retain: true}))
		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("bob")))
		other, err := s.Store.Lead(s.ctx, "cluster-2", lease)
		s.must(err)
		mails, next, err := other.TakeMails(s.ctx, true, 10, time.Minute)
		s.must(err)
		if len(mails) != 1 || mails[0].To != email("bob") || time.Until(next) < 50*time.Second {
			s.Errorf("got %v, next %s", mails, next)
		}
		if c, err := other.MailCounts(s.ctx); c.Waiting != 1 || c.Dead != 0 || err != nil {
			s.Errorf("got %v, %v", c, err)
		}
		s.takes(store.MailVerifyAddress)
	}},
	{"Outbox/a new mail notifies those who may send it, whoever wrote it", mailNotifies},
	{"Outbox/mails go with their account", func(s *scene) {
		s.put(account("alice"))
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		s.takes()
		if n := s.count(`SELECT count(*) FROM mails`); n != "0" {
			s.Errorf("%s rows", n)
		}
	}},
	{"Outbox/what is over is swept, and nothing else", swept},
	{"Outbox/a reason that is no short text is refused", func(s *scene) {
		for _, reason := range []string{string(make([]byte, 1000)), "\xff"} {
			if err := s.fenced.MailFailed(s.ctx, "x", reason, time.Now()); !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("got %v", err)
			}
		}
	}},
}

func addressChanged(s *scene) {
	s.put(account("alice"))
	old := s.takes(store.MailVerifyAddress)[0]
	s.must(s.fenced.MailFailed(s.ctx, old.ID, "no answer", time.Now()))
	for range 2 {
		_, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: "new@example.com"}, mark("r"))
		s.must(err)
	}
	notice, verify := s.pick(store.MailAddressChanged, email("alice")), s.pick(store.MailVerifyAddress, "new@example.com")
	if notice.NewAddress != "new@example.com" || notice.Token.Len() > 0 {
		s.Errorf("got %+v", notice)
	}
	s.takes()
	if _, err := s.Store.ConfirmAddress(s.ctx, old.Token); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("the former address confirms the new one: %v", err)
	}
	_, err := s.Store.ConfirmAddress(s.ctx, verify.Token)
	s.must(err)
	_, err = s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: "newer@example.com"}, mark("r"))
	s.must(err)
	s.pick(store.MailAddressChanged, "new@example.com")
	s.pick(store.MailVerifyAddress, "newer@example.com") // what was verified was another address
}

func takenOnce(s *scene) {
	const mails, takers = 20, 8
	for n := range mails {
		s.put(account(fmt.Sprintf("a%d", n)))
	}
	var group sync.WaitGroup
	taken := make([][]string, takers)
	for n := range takers {
		group.Go(func() {
			for len(taken[n]) < mails {
				var due []store.Mail
				if err := s.insist(func() (err error) { due, _, err = s.fenced.TakeMails(s.ctx, true, 1, time.Hour); return err }); err != nil || len(due) == 0 {
					return
				}
				taken[n] = append(taken[n], due[0].ID)
			}
		})
	}
	group.Wait()
	all := slices.Concat(taken...)
	slices.Sort(all)
	if once := len(slices.Compact(slices.Clone(all))); once != mails || len(all) != mails {
		s.Errorf("%d mails were taken %d times", once, len(all))
	}
}

func swept(s *scene) {
	s.confirm("alice")
	s.put(account("bob"))
	dead := s.takes(store.MailVerifyAddress)[0]
	s.must(s.fenced.MailFailed(s.ctx, dead.ID, "refused", time.Time{}))
	s.put(account("carol"))
	s.takes(store.MailVerifyAddress)
	left := func(mails, links string) {
		s.Helper()
		_, err := s.fenced.Purge(s.ctx, time.Now().Add(-time.Hour))
		s.must(err)
		if m, l := s.count(`SELECT count(*) FROM mails`), s.count(`SELECT count(*) FROM links`); m != mails || l != links {
			s.Errorf("%s mails and %s links are left, wanted %s and %s", m, l, mails, links)
		}
	}
	left("3", "3") // alice's next step, bob's link, carol's
	s.foreign(`UPDATE mails SET created_at = '2020-01-01T00:00:00.000Z' WHERE state = 'Sent'`)
	s.foreign(`UPDATE links SET expires_at = '2020-01-01T00:00:00.000Z'`)
	left("2", "0")
	s.foreign(`UPDATE mails SET created_at = '2020-01-01T00:00:00.000Z'`)
	left("1", "0") // what waits, waits
}
