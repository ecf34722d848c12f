package mail_test

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"

	"github.com/account-operator/account-operator/internal/mail"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/smtp"
)

// scene is a store with an outbox, a mail server, and a sender between them.
type scene struct {
	*testing.T

	path     string
	store    *sqlstore.Store
	fenced   store.FencedStore
	server   *smtp.Server
	sender   *mail.Sender
	log      *journal
	outcomes chan mail.Outcome
}

// begin gives a scene whose server behaves as asked; adapt changes what the sender is made of.
func begin(t *testing.T, o smtp.Options, adapt ...func(*mail.Options)) *scene {
	t.Helper()
	s := &scene{T: t, path: filepath.Join(t.TempDir(), "accounts.db"), log: &journal{}, outcomes: make(chan mail.Outcome, 1000)}
	var err error
	s.store, err = sqlstore.Open(t.Context(), "sqlite://"+s.path, sqlstore.Options{Sealer: seal.Unsealed(), MigrateOnOpen: true, RecoveryWindow: time.Hour})
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	s.fenced, err = s.store.Lead(t.Context(), "c", "l")
	s.must(err)
	s.server, err = smtp.Start(o)
	s.must(err)
	t.Cleanup(func() { _ = s.server.Stop() })
	options := mail.Options{
		Server: "smtp://" + s.server.Address(), From: "Accounts <accounts@example.org>", RootCAs: s.server.Roots(),
		Portal: &url.URL{Scheme: "https", Host: "portal.example.org", Path: "/p"}, Log: s.log.logger(),
		Report: func(_ store.MailKind, o mail.Outcome, _ mail.Cause) { s.outcomes <- o },
	}
	for _, change := range adapt {
		change(&options)
	}
	s.sender, err = mail.New(options)
	s.must(err)
	return s
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func claim(name string) store.Claim {
	return store.Claim{Cluster: "c", Kind: store.KindAccount, Namespace: "team", NamespaceUID: "n", Name: name, UID: name}
}

// put makes an account, and so a mail that asks to confirm its address, or changes its address.
func (s *scene) put(name, address string) error {
	s.Helper()
	username := "canary-username"
	_, err := s.fenced.PutAccount(s.Context(), claim(name), store.AccountSpec{Email: address, Settings: store.Settings[*string]{Username: &username}}, store.Mark{Record: "r"})
	return err
}

// choosesPassword follows a link that was asked for. Its mail is read, and not sent.
func (s *scene) choosesPassword(address, hash string) {
	s.Helper()
	s.must(s.store.RequestLink(s.Context(), store.LinkChoosePassword, address))
	mails, _, err := s.fenced.TakeMails(s.Context(), true, 1, time.Hour)
	s.must(err)
	s.must(s.store.ChoosePassword(s.Context(), mails[0].Token, store.NewSecret([]byte(hash))))
}

// runs has the sender run on the outbox until so many outcomes were reported.
func (s *scene) runs(outbox store.Outbox, outcomes ...mail.Outcome) {
	s.Helper()
	ctx, stop := context.WithCancel(s.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if err := s.sender.Run(ctx, outbox); err != nil {
			s.Error(err)
		}
	})
	defer await.End(s, group.Wait)
	defer stop()
	for n, want := range outcomes {
		select {
		case got := <-s.outcomes:
			if got != want {
				s.Fatalf("outcome %d is %s, wanted %s", n, got, want)
			}
		case <-time.After(time.Minute):
			s.Fatalf("outcome %d (%s) did not come", n, want)
		}
	}
}

// dueAgain lets the time pass for which a mail waits.
func (s *scene) dueAgain() {
	s.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)")
	s.must(err)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(s.Context(), `UPDATE mails SET due_at = NULL`)
	s.must(err)
}

// rows is what the store holds of mails.
func (s *scene) rows() string {
	s.Helper()
	var out strings.Builder
	s.must(s.store.Dump(s.Context(), &out))
	var mails []string
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "mails ") {
			mails = append(mails, line)
		}
	}
	return strings.Join(mails, "")
}

// arrived is how many people got their mail. What arrived twice has to be one mail.
func (s *scene) arrived() int {
	s.Helper()
	ids := map[string]string{}
	for _, m := range s.server.Messages() {
		id := open(s.T, m).header.Get("Message-Id")
		if had := ids[m.To[0]]; had != "" && had != id {
			s.Errorf("%s got %s and %s", m.To[0], had, id)
		}
		ids[m.To[0]] = id
	}
	return len(ids)
}

func (s *scene) counts(want store.MailCounts) {
	s.Helper()
	got, err := s.fenced.MailCounts(s.Context())
	s.must(err)
	got.Oldest = time.Time{}
	if got != want {
		s.Errorf("got %+v, wanted %+v\n%s", got, want, s.rows())
	}
}

// journal keeps what is logged.
type journal struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (j *journal) logger() logr.Logger {
	return funcr.New(func(prefix, args string) {
		j.mu.Lock()
		defer j.mu.Unlock()
		_, _ = io.WriteString(&j.out, prefix+args+"\n")
	}, funcr.Options{Verbosity: 100})
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.out.String()
}

// endAll has the sender run until so many mails were sent or given up.
func (s *scene) endAll(mails int) {
	s.Helper()
	ctx, stop := context.WithTimeout(s.Context(), 2*time.Minute)
	defer stop()
	var group sync.WaitGroup
	group.Go(func() { _ = s.sender.Run(ctx, s.fenced) })
	defer await.End(s, group.Wait)
	defer stop()
	for ended := range mails {
		select {
		case o := <-s.outcomes:
			if o == mail.Retried {
				s.Errorf("a mail waits: %s", s.rows())
				return
			}
		case <-ctx.Done():
			s.Fatalf("%d of %d ended", ended, mails)
		}
	}
}
