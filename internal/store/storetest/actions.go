package storetest

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var actions = []promise{
	{"Actions/what was asked for is mailed", func(s *scene) {
		s.put(account("alice"))
		s.takes(store.MailVerifyAddress)
		s.act("resend", store.ActionResendVerificationEmail)
		s.takes(store.MailVerifyAddress)
		s.confirms("alice")
		s.act("reset", store.ActionSendPasswordReset)
		s.takes(store.MailResetPassword)
		s.enrol(s.account("alice").ID)
		s.takes(store.MailFactorAdded)
		s.act("factors", store.ActionResetTwoFactor)
		if got := s.takes(store.MailFactorReset)[0]; got.To != email("alice") || got.Token.Len() != 0 {
			s.Errorf("got %+v", got)
		}
	}},
	{"Actions/an action is performed once, however often it is asked for", func(s *scene) {
		s.confirm("alice")
		var group sync.WaitGroup
		results := make([]store.ActionResult, 20)
		for n := range results {
			group.Go(func() {
				_ = s.insist(func() (err error) {
					results[n], err = s.fenced.Act(s.ctx, action("reset"), account("alice"), store.ActionRequest{Type: store.ActionSendPasswordReset})
					return err
				})
			})
		}
		group.Wait()
		for _, r := range results {
			if diff := cmp.Diff(results[0], r); diff != "" || r.At.IsZero() || r.Refused != "" {
				s.Error(diff)
			}
		}
		if n := s.count(`SELECT count(*) FROM mails WHERE kind = 'ResetPassword'`); n != "1" {
			s.Errorf("%s mails", n)
		}
	}},
	{"Actions/an action whose answer is lost is performed once", func(s *scene) {
		s.confirm("alice")
		for _, when := range []Moment{Before, After} {
			fenced, lost := Faulty(s.fenced, onlyOnce(when)), 0
			for {
				_, err := fenced.Act(s.ctx, action(string(when)), account("alice"), store.ActionRequest{Type: store.ActionSendPasswordReset})
				if !errors.Is(err, errLost) {
					s.must(err)
					break
				}
				lost++
			}
			s.takes(store.MailResetPassword)
			if lost != 1 {
				s.Errorf("%s: void: lost %d times", when, lost)
			}
		}
	}},
	{"Actions/too many mails with links within the hour are refused, and that is remembered", actionsLimited},
	{"Actions/a verified address has nothing to verify", func(s *scene) {
		s.confirm("alice")
		if got := s.act("resend", store.ActionResendVerificationEmail); got.Refused != store.RefusedAlreadyVerified {
			s.Errorf("got %+v", got)
		}
		s.takes()
	}},
	{"Actions/a reset of the second factor removes all of it and is mailed, also beyond the limit", func(s *scene) {
		id := s.confirm("alice").ID
		s.enrol(id)
		s.takes(store.MailFactorAdded)
		l := s.listen(s.fenced)
		l.hears(account("alice"))
		_, err := s.fenced.Act(s.ctx, action("reset"), account("alice"), store.ActionRequest{Type: store.ActionResetTwoFactor})
		s.must(err)
		l.hears(account("alice"))
		if got := s.account("alice").Factors; len(got.Methods) != 0 || got.BackupCodesRemaining != 0 {
			s.Errorf("got %+v", got)
		}
		s.takes(store.MailFactorReset)
	}},
	{"Actions/a second factor that there is not is not reset, and nobody is mailed that it was", func(s *scene) {
		s.confirm("alice")
		if got := s.act("reset", store.ActionResetTwoFactor); got.Refused != store.RefusedNoSecondFactor {
			s.Errorf("got %+v", got)
		}
		s.takes()
	}},
	{"Actions/nothing is remembered of an action on an account that is not there", func(s *scene) {
		_, err := s.fenced.Act(s.ctx, action("reset"), account("alice"), store.ActionRequest{Type: store.ActionSendPasswordReset})
		if !errors.Is(err, store.ErrNotFound) {
			s.Errorf("got %v", err)
		}
		s.confirm("alice")
		if got := s.act("reset", store.ActionSendPasswordReset); got.Refused != "" {
			s.Errorf("got %+v", got)
		}
		s.takes(store.MailResetPassword)
	}},
	{"Actions/an action of another cluster is another action", func(s *scene) {
		s.confirm("alice")
		s.act("reset", store.ActionSendPasswordReset)
		elsewhere := action("reset")
		elsewhere.Cluster = "cluster-2"
		_, err := s.fenced.Act(s.ctx, elsewhere, account("alice"), store.ActionRequest{Type: store.ActionSendPasswordReset})
		s.must(err)
		if n := s.count(`SELECT count(*) FROM mails WHERE kind = 'ResetPassword'`); n != "2" {
			s.Errorf("%s mails", n)
		}
	}},
	{"Actions/each leaves who, what and how it ended", func(s *scene) {
		s.confirm("alice")
		s.act("resend", store.ActionResendVerificationEmail)
		s.act("reset", store.ActionSendPasswordReset)
		rows, err := s.Rows(`SELECT uid, op, names FROM audit WHERE kind = 'AccountAction' ORDER BY id`)
		s.must(err)
		var got []string
		for _, r := range rows {
			got = append(got, strings.Join(r, " "))
		}
		want := []string{
			`uid-b-resend ResendVerificationEmail {"refused":["AlreadyVerified"]}`,
			`uid-b-reset SendPasswordReset {}`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
	}},
	{"Actions/what is no action is refused", func(s *scene) {
		s.put(account("alice"))
		_, err := s.fenced.Act(s.ctx, action("x"), account("alice"), store.ActionRequest{Type: "MakeCoffee"})
		if !errors.As(err, new(*store.UnsupportedError)) {
			s.Errorf("got %v", err)
		}
	}},
}

func action(name string) store.Claim { return claim(store.KindAccountAction, name, "uid-b-"+name) }

// act presses a button of alice's.
func (s *scene) act(name string, what store.ActionType) store.ActionResult {
	s.Helper()
	got, err := s.fenced.Act(s.ctx, action(name), account("alice"), store.ActionRequest{Type: what})
	s.must(err)
	return got
}

func (s *scene) account(name string) store.Account {
	s.Helper()
	a, err := s.fenced.Account(s.ctx, account(name))
	s.must(err)
	return a
}

func actionsLimited(s *scene) {
	s.put(account("alice")) // one mail
	s.takes(store.MailVerifyAddress)
	for _, name := range []string{"one", "two", "three", "four"} {
		if got := s.act(name, store.ActionResendVerificationEmail); got.Refused != "" {
			s.Fatalf("got %+v", got)
		}
		s.takes(store.MailVerifyAddress)
	}
	refused := s.act("five", store.ActionSendPasswordReset)
	if wait := time.Until(refused.RetryAfter); refused.Refused != store.RefusedRateLimited || wait > time.Hour+time.Second || wait < 50*time.Minute {
		s.Errorf("got %+v", refused)
	}
	s.laterThan(mailSpan)
	if diff := cmp.Diff(refused, s.act("five", store.ActionSendPasswordReset)); diff != "" {
		s.Error(diff)
	}
	if got := s.act("six", store.ActionResendVerificationEmail); got.Refused != "" {
		s.Errorf("an hour later: %+v", got)
	}
}
