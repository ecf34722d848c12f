package mail_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
	"github.com/account-operator/account-operator/test/smtp"
)

var errKilled = errors.New("killed")

// Senders that are killed before or after any call of theirs, again and again, lose no mail; what arrives twice is one mail.
func TestSender_Killed_LosesNoMail(t *testing.T) {
	enough := long.Choose(3, 500)
	killed := fault.Begin(t, fault.Case{Goal: "G16", Workload: "a batch of mails", Trigger: "any call of the sender", Action: "kill"})
	s := begin(t, smtp.Options{})
	mails, kills := 0, 0
	for {
		counts, err := s.fenced.MailCounts(t.Context())
		s.must(err)
		copied := len(s.server.Messages()) > mails // else no kill fell between a server's acceptance and its note
		if counts.Waiting == 0 && kills >= enough && (copied || kills >= 100*enough) {
			break
		}
		if counts.Waiting == 0 {
			mails = s.fills(mails)
			continue
		}
		kills++
		killed.Add(1)
		s.killed(1 + rand.IntN(2+2*min(counts.Waiting, 20))) //nolint:gosec // which call is hit need not be secret
		s.dueAgain()
	}
	s.counts(store.MailCounts{})
	arrived := s.arrived()
	if copies := len(s.server.Messages()) - mails; arrived != mails || copies == 0 {
		t.Errorf("%d of %d mails arrived after %d kills, with %d copies", arrived, mails, kills, copies)
	}
}

// fills puts forty mails into the outbox, beside so many before them.
func (s *scene) fills(mails int) (now int) {
	s.Helper()
	for n := range 40 {
		s.must(s.put(fmt.Sprint("a", mails+n), fmt.Sprintf("a%d@example.com", mails+n)))
	}
	return mails + 40
}

// killed runs a sender to the given one of the moments before and after its calls; from then on it does nothing more. A
// batch of n mails has 2+2n moments.
func (s *scene) killed(calls int) {
	ctx, kill := context.WithCancel(s.Context())
	defer kill()
	left := atomic.Int64{}
	left.Store(int64(calls))
	outbox := storetest.Faulty(s.fenced, func(string, storetest.Moment) error {
		if left.Add(-1) > 0 {
			return nil
		}
		kill()
		return errKilled
	})
	if err := s.sender.Run(ctx, outbox); err != nil {
		s.Error(err)
	}
	for len(s.outcomes) > 0 {
		<-s.outcomes //unbounded: there is one
	}
}
