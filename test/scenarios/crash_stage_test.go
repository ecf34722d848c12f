package scenarios

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/mail"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/test/smtp"
	"github.com/account-operator/account-operator/test/standin"
)

// stage is a scenario whose manager has a mail server and a provider, and whose side effects all pass a gate.
type stage struct {
	*scenario
	mails    *smtp.Server
	provider string // its endpoint
	now      atomic.Pointer[gate]
}

func newStage(t *testing.T, dialect string) *stage {
	t.Helper()
	return newStageBy(t, dialect, nil)
}

// newStageBy is for managers that reach the API server on a way of their own.
func newStageBy(t *testing.T, dialect string, way func(*rest.Config) *rest.Config) *stage {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{scenario: &scenario{T: t, keyset: keyset, way: way}}
	if dialect == "sqlite" {
		s.path = filepath.Join(t.TempDir(), "accounts.db")
	} else {
		s.server = server.NewDatabase(t)
	}
	s.openGate()
	s.startMails()
	s.startProvider()
	s.tune = func(o *controller.Options) { s.sends(o); o.ReconcileTimeout = 5 * time.Second }
	s.begin()
	return s
}

// openGate has the manager that is started next pass a gate of its own.
func (s *stage) openGate() {
	s.gate = &gate{}
	s.hook = s.gate.hook
	s.now.Store(s.gate)
}

// startMails runs a mail server, to which a mail is an effect once it is accepted.
func (s *stage) startMails() {
	s.Helper()
	var err error
	s.mails, err = smtp.Start(smtp.Options{Answer: func(at smtp.Stage) (err error) {
		switch at {
		case smtp.Sender:
			err = s.now.Load().enters("mail")
		case smtp.Accepted:
			err = s.now.Load().leaves("mail")
		}
		if err != nil {
			return smtp.ErrCut
		}
		return nil
	}})
	s.must(err)
	s.Cleanup(func() { _ = s.mails.Stop() })
}

// sends gives a manager the sender of mails.
func (s *stage) sends(o *controller.Options) {
	sender, err := mail.New(mail.Options{
		Server: "smtp://" + s.mails.Address(), From: "accounts@example.org", Log: logr.Discard(),
		Portal: &url.URL{Scheme: "https", Host: "portal.example.org"},
	})
	s.must(err)
	o.Sender, o.SendsLinks = sender, true
}

// startProvider runs what shows every bucket to all. A question is done once the answer is on its way.
func (s *stage) startProvider() {
	provider := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if s.now.Load().leaves("question") != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "<ListBucketResult/>")
	}))
	provider.Config.ConnState = func(c net.Conn, at http.ConnState) {
		if at == http.StateNew && s.now.Load().enters("question") != nil {
			_ = c.Close()
		}
	}
	provider.StartTLS()
	s.Cleanup(provider.Close)
	s.provider = provider.URL
	s.reach = reach{endpoints: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, ca: standin.CA(), timeout: 5 * time.Second}
}

// killed ends a manager that was cut off, and starts another one that nothing happens to.
func (s *stage) killed() {
	s.Helper()
	s.stop()
	s.openGate()
	s.startManager()
}

// observeEvery is often enough, and leaves the machine to the manager.
const observeEvery = 50 * time.Millisecond

// reaches waits until the world is as it was in an undisturbed run.
func (s *stage) reaches(want snapshot) {
	s.Helper()
	beside := s.openStore(context.Background(), true)
	defer func() { _ = beside.Close() }()
	late := time.After(soon)
	tick := time.NewTicker(observeEvery)
	defer tick.Stop()
	for difference := want.differs(s.observe(beside)); difference != ""; difference = want.differs(s.observe(beside)) {
		select {
		case <-late:
			s.Fatalf("%s after the start still %s", soon, difference)
		case <-tick.C:
		}
	}
}
