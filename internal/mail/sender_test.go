package mail_test

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/mail"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/smtp"
)

// via gives the sender another URL of the same server.
func via(before, after string) func(*mail.Options) {
	return func(o *mail.Options) { o.Server = before + strings.TrimPrefix(o.Server, "smtp://") + after }
}

func TestSender_EachWayToHandIn_Arrives(t *testing.T) {
	for name, c := range map[string]struct {
		server smtp.Options
		adapt  func(*mail.Options)
	}{
		"on this machine":          {smtp.Options{}, via("smtp://", "")},
		"STARTTLS":                 {smtp.Options{Security: smtp.StartTLS}, via("smtp://", "?tls=required")},
		"STARTTLS with a password": {smtp.Options{Security: smtp.StartTLS, User: "u@x", Password: "p:w/d"}, via("smtp://u%40x:p%3Aw%2Fd@", "?tls=required")},
		"TLS":                      {smtp.Options{Security: smtp.Implicit}, via("smtps://", "")},
		"TLS with a password":      {smtp.Options{Security: smtp.Implicit, User: "u", Password: "p"}, via("smtps://u:p@", "")},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, c.server, c.adapt)
			s.must(s.put("alice", "alice@example.com"))
			s.runs(s.fenced, mail.Sent)
			s.counts(store.MailCounts{})
			if got := s.server.Messages(); len(got) != 1 || got[0].To[0] != "alice@example.com" {
				t.Errorf("got %v", got)
			}
		})
	}
}

// at answers at one stage and accepts everywhere else.
func at(stage smtp.Stage, answer error) smtp.Options {
	return smtp.Options{Answer: func(now smtp.Stage) error {
		if now != stage {
			return nil
		}
		return answer
	}}
}

func TestSender_Refused_RetriesOrGivesUp(t *testing.T) {
	for name, c := range map[string]struct {
		server  smtp.Options
		adapt   func(*mail.Options)
		outcome mail.Outcome
		reason  string
	}{
		"the recipient for good":   {at(smtp.Recipient, smtp.Refuse(550)), nil, mail.Dead, "refused the recipient (550)"},
		"the recipient for now":    {at(smtp.Recipient, smtp.Refuse(450)), nil, mail.Retried, "refused the recipient (450)"},
		"the message for good":     {at(smtp.Data, smtp.Refuse(554)), nil, mail.Dead, "refused the message (554)"},
		"the message for now":      {at(smtp.Data, smtp.Refuse(451)), nil, mail.Retried, "refused the message (451)"},
		"the sender":               {at(smtp.Sender, smtp.Refuse(550)), nil, mail.Retried, "refused the sender (550)"},
		"cut at the recipient":     {at(smtp.Recipient, smtp.ErrCut), nil, mail.Retried, "the connection to the mail server failed"},
		"cut at the message":       {at(smtp.Data, smtp.ErrCut), nil, mail.Retried, "the connection to the mail server failed"},
		"a wrong password":         {smtp.Options{Security: smtp.Implicit, User: "u", Password: "p"}, via("smtps://u:canary-pw@", ""), mail.Retried, "the login (535)"},
		"no password":              {smtp.Options{User: "u", Password: "p"}, nil, mail.Retried, "refused the sender (502)"},
		"no STARTTLS":              {smtp.Options{}, via("smtp://", "?tls=required"), mail.Retried, "offers no STARTTLS"},
		"TLS where there is none":  {smtp.Options{}, via("smtps://", ""), mail.Retried, "the connection to the mail server failed"},
		"an unknown certificate":   {smtp.Options{Security: smtp.Implicit}, func(o *mail.Options) { via("smtps://", "")(o); o.RootCAs = x509.NewCertPool() }, mail.Retried, "certificate is not trusted"},
		"nobody listens":           {smtp.Options{}, func(o *mail.Options) { o.Server = "smtp://127.0.0.1:1" }, mail.Retried, "the connection to the mail server failed"},
		"a server of unknown name": {smtp.Options{}, func(o *mail.Options) { o.Server = "smtp://mail.invalid?tls=off" }, mail.Retried, "the name of the mail server is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.adapt == nil {
				c.adapt = func(*mail.Options) {}
			}
			s := begin(t, c.server, c.adapt)
			s.must(s.put("alice", "alice@example.com"))
			s.runs(s.fenced, c.outcome)
			want := store.MailCounts{Waiting: 1}
			if c.outcome == mail.Dead {
				want = store.MailCounts{Dead: 1}
			}
			s.counts(want)
			if got := s.rows(); !strings.Contains(got, c.reason) {
				t.Errorf("got %s", got)
			}
			if said := s.log.String() + s.rows(); strings.Contains(said, "canary-pw") || strings.Contains(said, "canary-reply") {
				t.Errorf("a password or the server's own words are in %s", said)
			}
		})
	}
}

func TestSender_MailThatHadToWait_IsSentLater(t *testing.T) {
	refuse := true
	s := begin(t, smtp.Options{Answer: func(at smtp.Stage) error {
		if at == smtp.Sender && refuse {
			refuse = false
			return smtp.Refuse(421)
		}
		return nil
	}})
	s.must(s.put("alice", "alice@example.com"))
	s.runs(s.fenced, mail.Retried)
	s.dueAgain()
	s.runs(s.fenced, mail.Sent)
	s.counts(store.MailCounts{})
}

// The server has the message, and we do not know: its reader gets it twice, with one Message-ID, and each copy's link works.
func TestSender_KilledAfterAcceptance_SendsACopyOfOneMessageID(t *testing.T) {
	cut := true
	for name, c := range map[string]struct {
		server smtp.Options
		fault  storetest.Hook
		first  mail.Outcome
	}{
		"the answer was lost": {smtp.Options{Answer: func(at smtp.Stage) error {
			if at == smtp.Accepted && cut {
				cut = false
				return smtp.ErrCut
			}
			return nil
		}}, func(string, storetest.Moment) error { return nil }, mail.Retried},
		"it was not noted": {smtp.Options{}, func(call string, _ storetest.Moment) error {
			if call == "MailSent" {
				return errors.New("killed")
			}
			return nil
		}, mail.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, c.server)
			s.must(s.put("alice", "alice@example.com"))
			s.runs(storetest.Faulty(s.fenced, c.fault), c.first)
			s.dueAgain()
			s.runs(s.fenced, mail.Sent)
			s.counts(store.MailCounts{})
			messages := s.server.Messages()
			if len(messages) != 2 {
				t.Fatalf("%d messages", len(messages))
			}
			first, second := open(t, messages[0]), open(t, messages[1])
			if id := first.header.Get("Message-Id"); id != second.header.Get("Message-Id") || !strings.HasSuffix(id, "@example.org>") {
				t.Errorf("got %s and %s", id, second.header.Get("Message-Id"))
			}
			for _, l := range []letter{first, second} {
				_, token, _ := strings.Cut(linkForm.FindString(l.text), "token=")
				if _, err := s.store.Link(t.Context(), store.NewSecret([]byte(token))); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestSender_SlowServer_EndsInTime(t *testing.T) {
	reached, release := make(chan struct{}), make(chan struct{})
	s := begin(t, smtp.Options{Answer: func(at smtp.Stage) error {
		if at == smtp.Data {
			close(reached)
			await.Value(t, release)
		}
		return nil
	}})
	defer close(release)
	s.must(s.put("alice", "alice@example.com"))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.sender.Run(ctx, s.fenced) }()
	await.Value(t, reached)
	stop()
	select {
	case err := <-ended:
		s.must(err)
	case <-time.After(20 * time.Second):
		t.Fatal("it goes on")
	}
	s.counts(store.MailCounts{Waiting: 1})
}

func TestSender_Sleeping_IsWoken(t *testing.T) {
	s := begin(t, smtp.Options{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.sender.Run(ctx, s.fenced) }()
	for _, name := range []string{"alice", "bob"} {
		s.must(s.put(name, name+"@example.com"))
		s.sender.Wake()
		await.Value(t, s.server.Arrived())
	}
	stop()
	s.must(await.Value(t, ended))
}

func TestSender_MailDue_WakesByItself(t *testing.T) {
	s := begin(t, smtp.Options{})
	s.must(s.put("alice", "alice@example.com"))
	due, _, err := s.fenced.TakeMails(t.Context(), true, 1, time.Second)
	s.must(err)
	s.runs(s.fenced, mail.Sent)
	if got := s.server.Messages(); len(due) != 1 || len(got) != 1 {
		t.Errorf("took %v, sent %v", due, got)
	}
}

func TestSender_AnotherManagerLeads_Ends(t *testing.T) {
	s := begin(t, smtp.Options{})
	_, err := s.store.Lead(t.Context(), "c", "l")
	s.must(err)
	if err := s.sender.Run(t.Context(), s.fenced); !errors.Is(err, store.ErrFenced) {
		t.Errorf("got %v", err)
	}
}

func TestSender_NoPortal_LinksWaitAndNoticesGo(t *testing.T) {
	s := begin(t, smtp.Options{}, func(o *mail.Options) { o.Portal = nil })
	s.must(s.put("alice", "alice@example.com"))
	s.must(s.put("alice", "new@example.com"))
	s.runs(s.fenced, mail.Sent)
	s.counts(store.MailCounts{Waiting: 1})
	if got := open(t, s.server.Messages()[0]).header.Get("Subject"); !strings.Contains(got, "was changed") {
		t.Errorf("sent %q", got)
	}
	if rows := s.rows(); !strings.Contains(rows, "attempts=0") {
		t.Errorf("what waits was tried: %s", rows)
	}
}
