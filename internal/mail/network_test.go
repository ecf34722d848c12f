package mail_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/mail"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
	"github.com/account-operator/account-operator/test/network"
	"github.com/account-operator/account-operator/test/smtp"
)

// Given mails that are sent while the network to the mail server is in trouble, when that is over, then each has arrived, and what
// arrived twice is one mail.
func TestSender_NetworkInTrouble_LosesNoMail(t *testing.T) {
	const mails = 8
	troubles := []network.Trouble{
		network.Reset(),
		network.CutAfter(network.ToServer, 40), network.CutAfter(network.ToServer, 600),
		network.CutAfter(network.ToClient, 80), network.CutAfter(network.ToClient, 300),
		network.InPieces(network.ToServer, 20),
	}
	if long.Choose(false, true) { // a minute, until the sender gives an attempt up
		troubles = append(troubles, network.Swallowed(network.ToServer), network.Swallowed(network.ToClient))
	}
	for _, trouble := range troubles {
		t.Run(fmt.Sprint(trouble.Type, " ", trouble.Stream, " ", trouble.Attributes), func(t *testing.T) {
			t.Parallel()
			struck := fault.Begin(t, fault.Case{
				Goal: "G16", Workload: fmt.Sprint(mails, " mails"), Trigger: "they are sent", Action: fmt.Sprint(trouble.Type, " ", trouble.Stream),
			})
			var way *network.Way
			s := begin(t, smtp.Options{}, func(o *mail.Options) {
				way = network.To(t, "tcp", strings.TrimPrefix(o.Server, "smtp://"))
				o.Server = "smtp://" + way.Address()
			})
			for n := range mails {
				s.must(s.put(fmt.Sprint("a", n), fmt.Sprintf("a%d@example.com", n)))
			}

			over, err := way.Suffers(trouble)
			s.must(err)
			s.tries(mails)
			s.must(over())
			struck.Add(int64(way.Passed()))
			s.dueAgain()
			counts, err := s.fenced.MailCounts(t.Context())
			s.must(err)
			s.endAll(counts.Waiting)

			s.counts(store.MailCounts{})
			if arrived := s.arrived(); arrived != mails {
				t.Errorf("%d of %d mails arrived", arrived, mails)
			}
		})
	}
}

// tries has the sender run until so many attempts have ended, however they did.
func (s *scene) tries(attempts int) {
	s.Helper()
	ctx, stop := context.WithCancel(s.Context())
	var group sync.WaitGroup
	group.Go(func() { _ = s.sender.Run(ctx, s.fenced) })
	defer await.End(s, group.Wait)
	defer stop()
	for ended := range attempts {
		select {
		case <-s.outcomes:
		case <-time.After(5 * time.Minute):
			s.Fatalf("%d of %d attempts ended", ended, attempts)
		}
	}
}
