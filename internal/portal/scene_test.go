package portal_test

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/logged"
)

const (
	// fine is a password that nothing speaks against.
	fine = "violet tigers dance"
	// former stands for the hash of the one that an account had before.
	former = "$argon2id$former"
)

// scene is a portal on a loopback address, and the store behind it. Its methods read as steps.
type scene struct {
	*testing.T
	store  *sqlstore.Store
	fenced store.FencedStore
	sql    *sql.DB // another program at the same store
	path   string  // of the store's file
	// at is where the store is; empty: a file of its own. beside is what a second replica has of it, if that is another process.
	at     string
	beside *sqlstore.Store
	url    string
	http   *http.Client
	log    *logged.Log
	// options are those of the portal, for another replica.
	options portal.Options
	inbox   map[string][]store.Mail // by address, the newest last
	// language is what browsers ask for.
	language string
	// secrets are those that this test has used; none may be in the log at its end.
	secrets [][]byte
}

func newScene(t *testing.T) *scene { return newSceneWith(t, portal.Options{}) }

// newSceneBehind trusts these proxies.
func newSceneBehind(t *testing.T, proxies []netip.Prefix) *scene {
	return newSceneWith(t, portal.Options{TrustedProxies: proxies})
}

// newSceneWith has these options beside those that every portal has.
func newSceneWith(t *testing.T, o portal.Options) *scene {
	t.Helper()
	return newSceneAt(t, o.TrustedProxies, func(*url.URL) portal.Options { return o })
}

// newSceneAt has options that hang on where the portal is.
func newSceneAt(t *testing.T, trusted []netip.Prefix, optionsAt func(*url.URL) portal.Options) *scene {
	t.Helper()
	return onStore(t, "", trusted, optionsAt)
}

// onStore is on the store at an address; empty: on one of its own.
func onStore(t *testing.T, address string, trusted []netip.Prefix, optionsAt func(*url.URL) portal.Options) *scene {
	t.Helper()
	s := &scene{T: t, log: &logged.Log{}, inbox: map[string][]store.Mail{}, at: address}
	s.openStore()
	log := s.log.Logger()
	pages := &late{} // the address is in the pages, and it is only known once something listens there
	server, err := portal.Listen(t.Context(), "127.0.0.1:0", pages, trusted, log)
	s.must(err)
	s.url = "http://" + server.Addr().String()
	at, err := url.Parse(s.url)
	s.must(err)
	o := optionsAt(at)
	o.Links, o.Holders, o.Hasher, o.URL, o.Log = s.store, s.store, password.NewHasher(), at, log
	s.options = o
	pages.Handler, err = portal.New(o)
	s.must(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Start(ctx) }()
	transport := &http.Transport{}
	s.http = &http.Client{Transport: transport, Timeout: 20 * time.Second}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		stop()
		s.must(await.Value(t, ended))
		s.assertNothingLogged()
	})
	return s
}

type late struct{ http.Handler }

func (s *scene) openStore() {
	s.Helper()
	keyset, err := seal.NewKeyset()
	s.must(err)
	sealer, err := seal.Load(keyset)
	s.must(err)
	address, driver, source := s.at, "pgx", s.at
	if address == "" {
		s.path = filepath.Join(s.TempDir(), "accounts.db")
		address, driver, source = "sqlite://"+s.path, "sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)"
	}
	open := func(o sqlstore.Options) *sqlstore.Store {
		o.Sealer, o.RecoveryWindow = sealer, time.Hour
		opened, err := sqlstore.Open(s.Context(), address, o)
		s.must(err)
		s.Cleanup(func() { s.must(opened.Close()) })
		return opened
	}
	s.store = open(sqlstore.Options{MigrateOnOpen: true})
	if s.at != "" {
		s.beside = open(sqlstore.Options{})
	}
	s.fenced, err = s.store.Lead(s.Context(), "cluster", "lease")
	s.must(err)
	s.sql, err = sql.Open(driver, source)
	s.must(err)
	s.Cleanup(func() { s.must(s.sql.Close()) })
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// newAccount is one that the platform team declared; its first mail is on its way.
func (s *scene) newAccount(name, theme string) string {
	s.Helper()
	email := name + "@example.com"
	_, err := s.fenced.PutAccount(s.Context(), claimOf(name), store.AccountSpec{Email: email, Settings: store.Settings[*string]{Theme: &theme}}, store.Mark{Generation: 1, Record: "1"})
	s.must(err)
	return email
}

func claimOf(name string) store.Claim {
	return store.Claim{Cluster: "cluster", Kind: store.KindAccount, Namespace: "team", NamespaceUID: "team", Name: name, UID: name}
}

// settledAccount is an account with a confirmed address and a password.
func (s *scene) settledAccount(name string) string {
	s.Helper()
	email := s.newAccount(name, "System")
	next, err := s.store.ConfirmAddress(s.Context(), s.mailed(email))
	s.must(err)
	s.must(s.store.ChoosePassword(s.Context(), next, store.NewSecret([]byte(former))))
	return email
}

// mailed is the token in the newest mail to this address.
func (s *scene) mailed(email string) store.Secret {
	s.Helper()
	s.deliver()
	mails := s.inbox[email]
	if len(mails) == 0 {
		s.Fatalf("no mail came to %s", email)
	}
	return mails[len(mails)-1].Token
}

// deliver sends what waits in the outbox.
func (s *scene) deliver() {
	s.Helper()
	due, _, err := s.fenced.TakeMails(s.Context(), true, 100, time.Hour)
	s.must(err)
	for _, m := range due {
		s.must(s.fenced.MailSent(s.Context(), m.ID))
		s.inbox[m.To] = append(s.inbox[m.To], m)
		s.secrets = append(s.secrets, m.Token.Reveal())
	}
}

// resetFor is the token of a mail that was asked for to choose a new password.
func (s *scene) resetFor(email string) store.Secret {
	s.Helper()
	s.must(s.store.RequestLink(s.Context(), store.LinkChoosePassword, email))
	return s.mailed(email)
}

func (s *scene) password(email string) (hash string) {
	s.Helper()
	var text sql.NullString
	s.must(s.sql.QueryRowContext(s.Context(), `SELECT password_hash FROM accounts WHERE email = $1`, email).Scan(&text))
	return text.String
}

func (s *scene) verified(email string) bool {
	s.Helper()
	var at sql.NullString
	s.must(s.sql.QueryRowContext(s.Context(), `SELECT email_verified_at FROM accounts WHERE email = $1`, email).Scan(&at))
	return at.Valid
}

// open follows the link of a mail.
func (s *scene) open(path string, token store.Secret) seen {
	s.Helper()
	return s.get(path + "?token=" + url.QueryEscape(string(token.Reveal())))
}

func (s *scene) get(path string) seen {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.url+path, nil)
	s.must(err)
	return s.do(request)
}

// post sends a form as a browser does.
func (s *scene) post(path string, fields ...string) seen {
	s.Helper()
	return s.do(s.form(path, fields...))
}

// form is a request with fields: name, value, name, value.
func (s *scene) form(path string, fields ...string) *http.Request {
	s.Helper()
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
		if slices.Contains([]string{"password", "current", "token", "seed"}, fields[i]) {
			s.secrets = append(s.secrets, []byte(fields[i+1]))
		}
	}
	request, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.url+path, strings.NewReader(values.Encode()))
	s.must(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Origin", "null") // what a browser sends for a page without a referrer
	return request
}

func (s *scene) do(request *http.Request) seen { return s.doBy(s.http, request) }

func (s *scene) doBy(client *http.Client, request *http.Request) seen {
	s.Helper()
	if s.language != "" {
		request.Header.Set("Accept-Language", s.language)
	}
	answer, err := client.Do(request)
	s.must(err)
	defer func() { s.must(answer.Body.Close()) }()
	body, err := io.ReadAll(answer.Body)
	s.must(err)
	return seen{status: answer.StatusCode, header: answer.Header, body: string(body), path: answer.Request.URL.Path}
}

func (s *scene) assertNothingLogged() {
	s.Helper()
	for _, secret := range s.secrets {
		if len(secret) >= 12 && bytes.Contains(s.log.Bytes(), secret) {
			s.Error("a token or a password is in the log")
		}
	}
}
