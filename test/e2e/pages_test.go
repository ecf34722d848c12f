package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/port"
)

// pagesSite is a store that someone leads, and processes that serve its pages by the rights of the pages alone, behind a proxy.
type pagesSite struct {
	*testing.T
	store   *sqlstore.Store
	fenced  store.FencedStore
	address string // of the store, for the pages
	public  string // file
	factors string // file: the keyset of second factors
	proxy   *failingOver
	url     string
}

// newPagesSite has a database that nobody brought up to date yet.
func newPagesSite(t *testing.T) *pagesSite {
	t.Helper()
	s := &pagesSite{T: t, public: filepath.Join(t.TempDir(), "public.json"), factors: filepath.Join(t.TempDir(), "factors.json"), proxy: &failingOver{}}
	keyset, err := seal.NewKeyset()
	s.must(err)
	public, err := seal.Public(keyset)
	s.must(err)
	s.must(os.WriteFile(s.public, public, 0o600))
	sealer, err := seal.Load(keyset)
	s.must(err)
	seeds, err := seal.NewKeyset()
	s.must(err)
	s.must(os.WriteFile(s.factors, seeds, 0o600))
	ofSeeds, err := seal.Load(seeds)
	s.must(err)
	owner := server.NewDatabase(t)
	s.store, err = sqlstore.Open(t.Context(), owner, sqlstore.Options{Sealer: sealer, FactorSealer: ofSeeds})
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	at, err := url.Parse(owner)
	s.must(err)
	login := "pages_" + strings.TrimPrefix(at.Path, "/")
	s.must(server.Exec(t.Context(), "postgres", `CREATE ROLE `+login+` LOGIN`))
	s.must(server.Exec(t.Context(), "postgres", `DO $$ BEGIN IF to_regrole('account_operator_pages') IS NULL THEN CREATE ROLE account_operator_pages; END IF; END $$`))
	s.must(server.Exec(t.Context(), "postgres", `GRANT account_operator_pages TO `+login))
	query := at.Query()
	query.Set("user", login)
	at.RawQuery = query.Encode()
	s.address = at.String()
	front := httptest.NewServer(s.proxy)
	t.Cleanup(front.Close)
	s.url = front.URL
	return s
}

func (s *pagesSite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// migrates does what a leader and an administrator do at an upgrade.
func (s *pagesSite) migrates() {
	s.Helper()
	s.must(s.store.Migrate(s.Context()))
	s.must(s.store.BringSeeds(s.Context()))
	s.must(s.store.GiveRights(s.Context(), sqlstore.Roles{Pages: "account_operator_pages"}))
	var err error
	s.fenced, err = s.store.Lead(s.Context(), "cluster", "lease")
	s.must(err)
}

// replica is one process that serves the pages.
type replica struct {
	*process.Process

	pages, health, metrics string // addresses
}

// starts a replica, behind the proxy, with flags that not each has.
func (s *pagesSite) starts(more ...string) *replica {
	s.Helper()
	var at [3]string
	for n := range at {
		address, err := port.Free(s.Context())
		s.must(err)
		at[n] = address
	}
	log := filepath.Join(s.TempDir(), "log")
	running, err := managers.Start(process.Command{Path: binary.Path, Log: log, Args: append([]string{
		"serve", "--store=" + s.address, "--seal-keyset-file=" + s.public, "--portal-url=" + s.url, "--portal-bind-address=" + at[0],
		"--health-probe-bind-address=" + at[1], "--metrics-bind-address=" + at[2], "--portal-trusted-proxies=127.0.0.0/8",
	}, more...)})
	s.must(err)
	s.Cleanup(running.Kill)
	s.proxy.add(at[0])
	return &replica{running, at[0], at[1], at[2]}
}

// status is that of an answer; 0 where there is none.
func (s *pagesSite) status(address, path string) int {
	request, err := http.NewRequestWithContext(s.Context(), http.MethodGet, "http://"+address+path, http.NoBody)
	s.must(err)
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func (s *pagesSite) becomesReady(r *replica) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	s.must(r.Await(ctx, func(context.Context) error {
		if got := s.status(r.health, "/readyz"); got != http.StatusOK {
			return fmt.Errorf("/readyz answers %d", got)
		}
		return nil
	}))
}

// mailed is the token in the mail to a new account.
func (s *pagesSite) mailed(name string) store.Secret {
	s.Helper()
	claim := store.Claim{Cluster: "cluster", Kind: store.KindAccount, Namespace: "team", NamespaceUID: "team", Name: name, UID: name}
	_, err := s.fenced.PutAccount(s.Context(), claim, store.AccountSpec{Email: name + "@example.com"}, store.Mark{Generation: 1, Record: "1"})
	s.must(err)
	mails, _, err := s.fenced.TakeMails(s.Context(), true, 10, time.Hour)
	s.must(err)
	if len(mails) != 1 {
		s.Fatalf("%d mails", len(mails))
	}
	s.must(s.fenced.MailSent(s.Context(), mails[0].ID))
	return mails[0].Token
}

// shows asks the proxy for a page, and returns it.
func (s *pagesSite) shows(says, path string, form url.Values) string {
	s.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	request, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	s.must(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	s.must(err)
	defer func() { _ = answer.Body.Close() }()
	page, err := io.ReadAll(answer.Body)
	s.must(err)
	if !strings.Contains(string(page), says) {
		s.Fatalf("%s %s: %s, and it does not say %q:\n%s", method, path, answer.Status, says, page)
	}
	return string(page)
}

// failingOver is a proxy that takes turns, and goes on to the next replica where one does not answer, as proxies do.
type failingOver struct {
	mu       sync.Mutex
	replicas []string
	turn     int
	last     string // which answered last
}

func (f *failingOver) add(address string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replicas = append(f.replicas, address)
}

func (f *failingOver) answered() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// next is the replica whose turn it is.
func (f *failingOver) next() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.turn++
	f.last = f.replicas[f.turn%len(f.replicas)]
	return f.last
}

// ServeHTTP implements http.Handler.
func (f *failingOver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(&httputil.ReverseProxy{
		Transport: f,
		Rewrite:   func(p *httputil.ProxyRequest) { p.SetXForwarded(); p.Out.Host, p.Out.URL.Scheme = p.In.Host, "http" },
	}).ServeHTTP(w, r)
}

// RoundTrip implements http.RoundTripper.
func (f *failingOver) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	var body []byte
	if r.Body != nil { // else it has none
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	r.Close = true
	for range 2 {
		r.URL.Host, r.Body = f.next(), io.NopCloser(bytes.NewReader(body))
		if answer, err = http.DefaultTransport.RoundTrip(r); err == nil {
			return answer, nil
		}
	}
	return nil, err
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// Given two replicas behind a proxy, when the one that confirmed a holder's address is killed, then the other one takes the password that he
// chooses on the page of the first.
func TestPages_OneOfTwoIsKilledInTheMiddle_WalkEnds(t *testing.T) {
	s := newPagesSite(t)
	s.migrates()
	replicas := map[string]*replica{}
	for range 2 {
		r := s.starts()
		s.becomesReady(r)
		replicas[r.pages] = r
	}
	token := string(s.mailed("alice").Reveal())
	s.shows("Confirm your address", "/verify?token="+url.QueryEscape(token), nil)
	shown := s.proxy.answered()
	page := s.shows("Choose a password", "/verify", url.Values{"token": {token}})
	confirmed := s.proxy.answered()
	if shown == confirmed {
		t.Error("void: one replica did both")
	}

	replicas[confirmed].Kill()

	next := tokenField.FindStringSubmatch(page)
	if next == nil {
		t.Fatalf("the page has no token: %s", page)
	}
	const chosen = "violet tigers dance"
	s.shows("Your password is set", "/password", url.Values{"token": {next[1]}, "password": {chosen}, "repeat": {chosen}})
	s.shows("This link has expired or was used", "/password?token="+url.QueryEscape(next[1]), nil)
	if err := replicas[shown].Stop(20 * time.Second); err != nil {
		t.Error(err)
	}
}

// Given pages that start beside a manager which has yet to bring the schema up to date, when it does and the rights are given, then they serve;
// before, they say that they live and are not ready.
func TestPages_StartBeforeTheSchemaIsThere_WaitForIt(t *testing.T) {
	s := newPagesSite(t)
	r := s.starts()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s.must(r.Await(ctx, func(context.Context) error {
		if got := s.status(r.health, "/healthz"); got != http.StatusOK {
			return fmt.Errorf("/healthz answers %d", got)
		}
		return nil
	}))
	if got := s.status(r.health, "/readyz"); got != http.StatusInternalServerError {
		t.Errorf("/readyz answers %d", got)
	}
	s.migrates()
	s.becomesReady(r)
	s.shows("Your account", "/", nil)
	if got := s.status(r.metrics, "/metrics"); got != http.StatusOK {
		t.Errorf("/metrics answers %d", got)
	}
	if err := r.Stop(20 * time.Second); err != nil {
		t.Error(err)
	}
	await.Value(t, r.Done())
}
