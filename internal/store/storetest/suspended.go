package storetest

import (
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// suspended: nobody gets into an account whose access its platform team suspends.
var suspended = []promise{
	{"Suspended/every way in ends with the write", func(s *scene) {
		id := s.member("alice")
		whole := s.signs("alice", laptop)
		s.enrol(id)
		half, link := s.signs("alice", phone), s.link(store.LinkChoosePassword, "alice")
		s.suspend("alice", true)
		s.isOver(whole.Session)
		s.isOver(half.Session)
		s.isGone(second(s.Store.CompleteSession(s.ctx, half.Session, phone)))
		s.isGone(second(s.Store.Link(s.ctx, link)))
		s.isGone(s.Store.ChoosePassword(s.ctx, link, newHash))
		if n := s.count(`SELECT count(*) FROM links`); n != "0" {
			s.Errorf("%s links", n)
		}
	}},
	{"Suspended/nobody can sign in, and hears why as little as with a wrong password", func(s *scene) {
		s.member("alice")
		judged := s.judged("alice", laptop)
		s.suspend("alice", true)
		s.isGone(second(s.Store.BeginSession(s.ctx, judged, laptop)))
		if got := s.judged("alice", laptop); got.AccountID != "" || got.Password.Len() > 0 {
			s.Errorf("it is judged by %+v", got)
		}
	}},
	{"Suspended/no link is mailed, whoever asks, and none redeemed that is on its way", func(s *scene) {
		s.member("alice")
		s.suspend("alice", true)
		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))
		for name, what := range map[string]store.ActionType{"reset": store.ActionSendPasswordReset, "verify": store.ActionResendVerificationEmail} {
			if got := s.act(name, what); got.Refused != store.RefusedAccessSuspended {
				s.Errorf("%s: got %+v", what, got)
			}
		}
		s.foreign(`INSERT INTO mails (account_id, kind, recipient) SELECT id, 'ResetPassword', email FROM accounts`)
		s.takes()
	}},
	{"Suspended/a new account is asked to confirm its address when access is given", func(s *scene) {
		s.suspend("alice", true)
		s.takes()
		s.suspend("alice", false)
		if got := s.takes(store.MailVerifyAddress)[0]; got.To != email("alice") {
			s.Errorf("got %+v", got)
		}
		s.suspend("alice", true)
		s.suspend("alice", false)
		s.takes(store.MailVerifyAddress)
	}},
	{"Suspended/what the account holds stays, and goes on being written", func(s *scene) {
		id := s.member("alice")
		s.enrol(id)
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.suspend("alice", true)
		s.sync(account("alice"), set("a"), vars{"A": "2"})
		if got := s.values(account("alice"))["A"]; got != "2" {
			s.Errorf("it has %q", got)
		}
		s.suspend("alice", false)
		if given := s.signs("alice", laptop); !given.AwaitsCode {
			s.Error("the second factor is gone")
		}
	}},
	{"Suspended/it shows since when, until it is over", func(s *scene) {
		s.suspend("alice", true)
		since := s.account("alice").SuspendedAccess
		s.suspend("alice", true)
		if got := s.account("alice").SuspendedAccess; time.Since(since).Abs() > time.Minute || !got.Equal(since) {
			s.Errorf("since %v, and then since %v", since, got)
		}
		s.suspend("alice", false)
		if got := s.account("alice").SuspendedAccess; !got.IsZero() {
			s.Errorf("since %v", got)
		}
	}},
	{"Suspended/another program that lifts it is delivered", func(s *scene) {
		s.suspend("alice", true)
		s.foreign(`UPDATE accounts SET access_suspended_at = NULL`)
		s.delivered(account("alice"))
		if got := s.record(account("alice")); got != "r-alice stale" {
			s.Errorf("%q", got)
		}
	}},
	{"Suspended/another program may end every way in by itself", func(s *scene) {
		s.member("alice")
		in := s.signs("alice", laptop)
		s.foreign(`UPDATE accounts SET ways_in_ended_at = created_at`)
		s.isOver(in.Session)
		s.must(s.isOn(s.signs("alice", laptop).Session))
	}},
	{"Suspended/it stays so when the account is given up, and is the next object's to decide", func(s *scene) {
		s.suspend("alice", true)
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{Retain: true}))
		live, _, err := s.fenced.AtAddress(s.ctx, account("alice"), email("alice"))
		s.must(err)
		if live.SuspendedAccess.IsZero() {
			s.Error("it is over")
		}
		s.must(s.fenced.Adopt(s.ctx, account("alice"), *live))
		s.suspend("alice", false)
	}},
}
