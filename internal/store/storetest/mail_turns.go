package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

var mailTurns = []promise{
	{"Outbox/thousands of mails of one namespace do not hold up another's", func(s *scene) {
		// Given an outbox in which a namespace has more mails than can be sent soon, of which some are under way
		s.confirmed(inTeam("other", "alice"))
		s.confirm("flood")
		s.foreign(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
			INSERT INTO mails (account_id, kind, recipient)
			SELECT a.id, 'FactorReset', 'flood' || n.i || '@example.com' FROM accounts a CROSS JOIN n WHERE a.email = 'flood@example.com'`)
		s.takesBatch()

		// When a holder of another one asks for a new password
		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))

		// Then the mail is in the next batch, which is full
		batch := s.takesBatch()
		if len(batch) != turnsBatch || !slices.ContainsFunc(batch, mailed("alice")) {
			s.Errorf("got %v", recipients(batch))
		}
	}},
	{"Outbox/what holders ask for does not wait for what their own namespace makes", func(s *scene) {
		s.confirm("alice")
		s.makes(100, "team", "flood")
		s.takesBatch()

		s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, email("alice")))

		if batch := s.takesBatch(); !slices.ContainsFunc(batch, mailed("alice")) {
			s.Errorf("got %v", recipients(batch))
		}
	}},
	{"Outbox/two namespaces with many mails take turns, whoever came first", func(s *scene) {
		s.makes(60, "team", "early")
		s.takesBatch()
		s.makes(60, "other", "late")
		late := 0
		for range 2 {
			late += count(s.takesBatch(), mailed("late"))
		}
		if late < turnsBatch-1 || late > turnsBatch+1 {
			s.Errorf("the later one got %d of %d", late, 2*turnsBatch)
		}
	}},
	{"Outbox/who always has a few mails does not keep back those who wait", func(s *scene) {
		s.makes(100, "team", "wait")
		for range 2 {
			s.takesBatch()
		}
		waited := 0
		for n := range 3 {
			s.makes(turnsBatch, "other", fmt.Sprintf("always%d-", n))
			waited += count(s.takesBatch(), mailed("wait"))
		}
		if half := 3 * turnsBatch / 2; waited < half-1 || waited > half+1 {
			s.Errorf("of %d mails %d were of those who waited", 2*half, waited)
		}
	}},
}

const turnsBatch = 20

func inTeam(team, name string) store.Claim {
	c := account(name)
	c.Namespace, c.NamespaceUID = team, "ns-"+team
	return c
}

// makes makes accounts, each of which is mailed.
func (s *scene) makes(accounts int, team, name string) {
	s.Helper()
	for n := range accounts {
		s.put(inTeam(team, fmt.Sprintf("%s%d", name, n)))
	}
}

// takesBatch takes some mails, and sends them.
func (s *scene) takesBatch() []store.Mail {
	s.Helper()
	mails, _, err := s.fenced.TakeMails(s.ctx, true, turnsBatch, time.Hour)
	s.must(err)
	for _, m := range mails {
		s.must(s.fenced.MailSent(s.ctx, m.ID))
	}
	return mails
}

// mailed is of mails to an address that begins so.
func mailed(name string) func(store.Mail) bool {
	return func(m store.Mail) bool { return strings.HasPrefix(m.To, name) }
}

func count(mails []store.Mail, which func(store.Mail) bool) (n int) {
	for _, m := range mails {
		if which(m) {
			n++
		}
	}
	return n
}

func recipients(mails []store.Mail) (all []string) {
	for _, m := range mails {
		all = append(all, m.To)
	}
	return all
}
