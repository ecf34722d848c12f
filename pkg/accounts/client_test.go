package accounts_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/account-operator/account-operator/pkg/accounts/internal/fixture"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/pkg/accounts"
	"github.com/account-operator/account-operator/test/await"
)

// served is the API on a copy of the examples' store, with a client of it.
type served struct {
	*testing.T
	store  *sqlstore.Store
	fenced store.FencedStore
	full   atomic.Int64 // answers that had a body
	client *accounts.Client
	path   string // of the store's file
}

func newServed(t *testing.T) *served {
	t.Helper()
	s := &served{T: t}
	s.path = t.TempDir() + "/accounts.db"
	database := "sqlite://" + s.path
	file := t.TempDir() + "/keyset.json"
	s.must(fixture.Store(database, file))
	sealer, err := seal.LoadFile(file)
	s.must(err)
	o := sqlstore.Options{Sealer: sealer}
	s.store, err = sqlstore.Open(t.Context(), database, o)
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	values, err := sqlstore.OpenReader(t.Context(), database, o)
	s.must(err)
	t.Cleanup(func() { _ = values.Close() })
	s.fenced, err = s.store.Lead(t.Context(), "cluster", "lease")
	s.must(err)
	s.serve(reader.New(reader.Options{Values: values, Readers: s.store, Log: logr.Discard()}))
	_, key, err := s.store.CreateReaderKey(t.Context(), store.ReaderKey{Name: "client", Rights: store.ReaderRights, AllAccounts: true, Expires: time.Now().Add(time.Hour)})
	s.must(err)
	s.client.Token = func(context.Context) (accounts.Secret, error) { return key, nil }
	return s
}

func (s *served) serve(api *reader.Reader) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if api.ServeHTTP(w, r); w.Header().Get("Content-Type") == "application/json" {
			s.full.Add(1)
		}
	}))
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.Context()))
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		api.Run(ctx)
	}()
	s.Cleanup(func() {
		server.Close()
		cancel()
		await.Value(s.T, ran)
	})
	s.client = &accounts.Client{URL: server.URL, HTTP: server.Client()}
}

// sql is what another program does.
func (s *served) sql(text string) {
	s.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)")
	s.must(err)
	_, err = db.ExecContext(s.Context(), text)
	s.must(errors.Join(err, db.Close()))
}

func (s *served) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *served) env() map[string]string {
	s.Helper()
	vars, err := s.client.Env(s.Context(), "1")
	s.must(err)
	values := map[string]string{}
	for _, v := range vars {
		values[v.Name] = string(v.Value.Reveal())
	}
	return values
}

// Given a client that read an account, when it reads it again, then nothing is sent as long as nothing changed; and it has each change.
func TestClient_ReadsAgain_TakesWhatItKnowsUntilThatChanges(t *testing.T) {
	s := newServed(t)
	for range 3 {
		if got := s.env(); got["HF_TOKEN"] != "hf_canary" || len(got) != 2 {
			t.Fatalf("%d variables", len(got))
		}
	}
	if got := s.full.Load(); got != 1 {
		t.Errorf("%d answers had all values", got)
	}
	s.must(fixture.Set(t.Context(), s.fenced, map[string]string{"HF_TOKEN": "hf_rotated"}))
	if got := s.env()["HF_TOKEN"]; got != "hf_rotated" {
		t.Error("it has not the value of now")
	}
	all, err := s.client.Connections(t.Context(), "1")
	if err != nil || len(all) != 1 || all[0].Bucket != "training" || string(all[0].Credentials["secretAccessKey"].Reveal()) != "canary-key" {
		t.Errorf("%v, %v", all, err)
	}
}

// Given an account with a public key, and a row that another program wrote which is none, when a client reads the keys, then it has the one as a line,
// and the other by its ID.
func TestClient_SSHKeys_NamesThoseThatAreNone(t *testing.T) {
	s := newServed(t)
	s.sql(`INSERT INTO ssh_keys (id, account_id, type, key, version) VALUES ('foreign', 1, 'ssh-ed25519', 'x', 1)`)
	keys, err := s.client.SSHKeys(t.Context(), "1")
	closed := (*accounts.UnreadableError)(nil)
	if !errors.As(err, &closed) || !slices.Equal(closed.Names, []string{"foreign"}) {
		t.Errorf("%v", err)
	}
	if len(keys) != 1 || keys[0].PublicKey != "ssh-ed25519 "+fixture.PublicKey || keys[0].Comment != "alice@laptop" {
		t.Errorf("%+v", keys)
	}
}

// Given a client that waits, when an account changes, then it has its ID and a cursor; a cursor of another store is gone.
func TestClient_Changes_WaitsForOne(t *testing.T) {
	s := newServed(t)
	_, cursor, err := s.client.Changes(t.Context(), "", 0)
	s.must(err)
	written := make(chan error, 1)
	go func() {
		written <- fixture.Set(context.WithoutCancel(t.Context()), s.fenced, map[string]string{"HF_TOKEN": "hf_rotated"})
	}()
	ids, next, err := s.client.Changes(t.Context(), cursor, time.Minute)
	s.must(err)
	s.must(await.Value(t, written))
	if !slices.Equal(ids, []string{"1"}) || next == cursor {
		t.Errorf("%v", ids)
	}
	if _, _, err := s.client.Changes(t.Context(), "0123456789abcdef.1", 0); !errors.Is(err, accounts.ErrCursorGone) {
		t.Errorf("another store's: %v", err)
	}
}

// Given a token that a client made for an instance, when the instance uses it, then it reads that account, and makes none.
func TestClient_TokenForAnInstance_ReadsItsAccount(t *testing.T) {
	s := newServed(t)
	token, expires, err := s.client.CreateToken(t.Context(), "1", "env")
	s.must(err)
	if time.Until(expires) > time.Hour {
		t.Error(expires)
	}
	s.client.Token = func(context.Context) (accounts.Secret, error) { return token, nil }
	if got := s.env()["HF_TOKEN"]; got != "hf_canary" {
		t.Error("it does not read its account")
	}
	problem := (*accounts.ProblemError)(nil)
	if _, _, err := s.client.CreateToken(t.Context(), "1"); !errors.As(err, &problem) || problem.Status != http.StatusForbidden {
		t.Errorf("it makes another: %v", err)
	}
}

// Given refusals, and what is no such API, when a client meets them, then its errors say so, without a value and without the credential.
func TestClient_Refused_SaysWhyWithoutAValue(t *testing.T) {
	s := newServed(t)
	if _, err := s.client.Env(t.Context(), "999"); !errors.Is(err, accounts.ErrNotFound) {
		t.Errorf("no such account: %v", err)
	}
	if _, err := s.client.Env(t.Context(), "1/../2"); !errors.Is(err, accounts.ErrNotFound) {
		t.Errorf("no ID: %v", err)
	}
	s.client.Token = func(context.Context) (accounts.Secret, error) {
		return store.NewSecret([]byte("canary-credential")), nil
	}
	if _, err := s.client.Env(t.Context(), "1"); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a stranger: %v", err)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>canary</html>")) }))
	defer other.Close()
	s.client.URL = other.URL
	if _, err := s.client.Env(t.Context(), "1"); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("another server: %v", err)
	}
	s.client.Token = func(context.Context) (accounts.Secret, error) { return accounts.Secret{}, os.ErrNotExist }
	if _, err := s.client.Env(t.Context(), "1"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no credential: %v", err)
	}
}
