package accountapi_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/accountapi"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/logged"
)

// scene is the account API over a store, as the client of the modelled service meets it. Its methods read as steps.
type scene struct {
	*testing.T
	store  *sqlstore.Store
	fenced store.FencedStore
	sql    *sql.DB // another program at the same store
	url    string
	http   *http.Client
	log    *logged.Log
	// secrets are those that this test has used; none may be in the log at its end.
	secrets []string
}

// onEach runs a test on SQLite and on PostgreSQL.
func onEach(t *testing.T, test func(s *scene), more ...func(*accountapi.Options)) {
	t.Helper()
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			test(newScene(t, dialect, more...))
		})
	}
}

func newScene(t *testing.T, dialect string, more ...func(*accountapi.Options)) *scene {
	t.Helper()
	s := &scene{T: t, log: &logged.Log{}}
	s.openStore(dialect)
	o := accountapi.Options{Store: s.store, Issuer: "Example", Rate: 1000, Log: s.log.Logger()}
	for _, each := range more {
		each(&o)
	}
	served := httptest.NewServer(accountapi.New(o))
	s.url = served.URL
	s.http = served.Client()
	s.http.Timeout = 20 * time.Second
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(func() {
		s.http.CloseIdleConnections()
		served.Close()
		s.assertNothingLogged()
	})
	return s
}

func (s *scene) openStore(dialect string) {
	s.Helper()
	path := filepath.Join(s.TempDir(), "accounts.db")
	driver, address, foreign := "sqlite", "sqlite://"+path, "file:"+path+"?_pragma=busy_timeout(5000)"
	if dialect == "postgres" {
		driver, address = "pgx", server.NewDatabase(s)
		foreign = address
	}
	s.store = opened(s.T, address)
	var err error
	s.fenced, err = s.store.Lead(s.Context(), "cluster", "lease")
	s.must(err)
	s.sql, err = sql.Open(driver, foreign)
	s.must(err)
	s.Cleanup(func() { s.must(s.sql.Close()) })
}

func opened(t testing.TB, address string) *sqlstore.Store {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.Load(keyset)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlstore.Open(t.Context(), address, sqlstore.Options{Sealer: sealer, RecoveryWindow: time.Hour, MigrateOnOpen: true, InsecureNoTLS: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// settled has every account of an SQLite store be one whose holder may sign in.
func settled(t testing.TB, path string) {
	t.Helper()
	other, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err == nil {
		_, err = other.ExecContext(t.Context(), `UPDATE accounts SET password_hash = 'hash', email_verified_at = created_at`)
	}
	if err = errors.Join(err, other.Close()); err != nil {
		t.Fatal(err)
	}
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) exec(query string, args ...any) {
	s.Helper()
	_, err := s.sql.ExecContext(s.Context(), query, args...)
	s.must(err)
}

func claimOf(kind store.Kind, name string) store.Claim {
	return store.Claim{Cluster: "cluster", Kind: kind, Namespace: "team", NamespaceUID: "team", Name: name, UID: name}
}

// holder is an account whose holder may sign in, of which an object sets what more says.
func (s *scene) holder(name string, more ...func(*store.AccountSpec)) (id string) {
	s.Helper()
	want := store.AccountSpec{Email: name + "@example.com"}
	for _, each := range more {
		each(&want)
	}
	a, err := s.fenced.PutAccount(s.Context(), claimOf(store.KindAccount, name), want, store.Mark{Generation: 1, Record: "1"})
	s.must(err)
	s.exec(`UPDATE accounts SET password_hash = 'hash', email_verified_at = '2026-01-02T03:04:05.000Z' WHERE email = $1`, want.Email)
	return a.ID
}

// key is one of an account's, with these rights; without any, with all.
func (s *scene) key(account string, rights ...store.KeyRight) string {
	s.Helper()
	_, text, err := s.store.Holder(account).CreateKey(s.Context(), "", store.APIKey{Name: "laptop", Rights: rights, AllRights: len(rights) == 0})
	s.must(err)
	return s.secret(string(text.Reveal()))
}

// secret must not be in the log.
func (s *scene) secret(text string) string {
	s.secrets = append(s.secrets, text)
	return text
}

// answer is what came back.
type answer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   string
}

// ask sends a request as the client does: with a body of JSON, and a key in the header.
func (s *scene) ask(method, path, key, body string) answer {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	s.must(err)
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	return s.send(request)
}

func (s *scene) send(request *http.Request) answer {
	s.Helper()
	response, err := s.http.Do(request)
	s.must(err)
	defer func() { s.must(response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	s.must(err)
	return answer{s.T, request.Method + " " + request.URL.Path, response.StatusCode, response.Header, strings.TrimSpace(string(body))}
}

// does wants an answer that something was done.
func (a answer) does() answer {
	a.t.Helper()
	if a.status != http.StatusOK {
		a.t.Fatalf("%s: %d %s", a.what, a.status, a.body)
	}
	return a
}

// refuses wants an answer that it was not, with this code and text.
func (a answer) refuses(status int, code, msg string) answer {
	a.t.Helper()
	if a.status != status || a.at("error") != code || !strings.Contains(a.text("msg"), msg) || a.at("success") != false {
		a.t.Errorf("%s: %d %s, wanted %d %s with %q", a.what, a.status, a.body, status, code, msg)
	}
	return a
}

// at is what stands at a path of names and places in lists.
func (a answer) at(path ...any) any {
	a.t.Helper()
	var now any
	if err := json.Unmarshal([]byte(a.body), &now); err != nil {
		a.t.Fatalf("%s: %q is no JSON: %v", a.what, a.body, err)
	}
	for _, step := range path {
		switch of := now.(type) {
		case map[string]any:
			now = of[step.(string)]
		case []any:
			now = of[step.(int)]
		default:
			a.t.Fatalf("%s: there is nothing at %v in %s", a.what, path, a.body)
		}
	}
	return now
}

func (a answer) text(path ...any) string {
	a.t.Helper()
	text, is := a.at(path...).(string)
	if !is {
		a.t.Fatalf("%s: no text is at %v in %s", a.what, path, a.body)
	}
	return text
}

// number is one, as JSON writes it.
func (a answer) number(path ...any) string {
	a.t.Helper()
	n, is := a.at(path...).(float64)
	if !is {
		a.t.Fatalf("%s: no number is at %v in %s", a.what, path, a.body)
	}
	text, err := json.Marshal(int64(n))
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

func (s *scene) assertNothingLogged() {
	s.Helper()
	for _, secret := range s.secrets {
		if bytes.Contains(s.log.Bytes(), []byte(secret)) {
			s.Error("a secret is in the log")
		}
	}
}
