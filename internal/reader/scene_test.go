package reader_test

import (
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
)

// canary is the value that nothing but an answer may hold.
const canary = "canary-value"

// scene is a reader on a store with two accounts, of which alice has a variable and a connection.
type scene struct {
	testing.TB
	path       string
	store      *sqlstore.Store
	fenced     store.FencedStore
	alice, bob string
	reader     *reader.Reader
	server     *reader.Server
	stop       func()
	log        *lockedBuffer
	client     *http.Client
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) add(prefix, args string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.WriteString(prefix + args + "\n")
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func newScene(t testing.TB, change ...func(*reader.Options)) *scene {
	t.Helper()
	path := filepath.Join(t.TempDir(), "accounts.db")
	s := newSceneAt(t, "sqlite://"+path, change...)
	s.path = path
	return s
}

// newSceneAt is newScene for a store at an address where nothing is yet.
func newSceneAt(t testing.TB, address string, change ...func(*reader.Options)) *scene {
	t.Helper()
	s := &scene{TB: t, log: &lockedBuffer{}}
	keyset, err := seal.NewKeyset()
	s.must(err)
	sealer, err := seal.Load(keyset)
	s.must(err)
	o := sqlstore.Options{Sealer: sealer, MigrateOnOpen: true}
	s.store, err = sqlstore.Open(t.Context(), address, o)
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	s.fill()
	values, err := sqlstore.OpenReader(t.Context(), address, o)
	s.must(err)
	t.Cleanup(func() { _ = values.Close() })
	log := funcr.New(s.log.add, funcr.Options{Verbosity: 9})
	s.serve(values, log, change...)
	return s
}

func (s *scene) fill() {
	var err error
	s.fenced, err = s.store.Lead(s.Context(), "c", "l")
	s.must(err)
	for _, name := range []string{"alice", "bob"} {
		a, err := s.fenced.PutAccount(s.Context(), claim(store.KindAccount, name), store.AccountSpec{Email: name + "@example.com"}, store.Mark{})
		s.must(err)
		if s.alice == "" {
			s.alice = a.ID
		}
		s.bob = a.ID
	}
	s.set("alice", "TOKEN", canary)
	_, err = s.fenced.Connections().Put(s.Context(), claim(store.KindCloudConnection, "data"), claim(store.KindAccount, "alice"),
		store.Connection{Type: "AmazonS3", Bucket: "b", Credentials: map[string]store.Secret{"secretAccessKey": store.NewSecret([]byte(canary))}}, store.Mark{})
	s.must(err)
}

func (s *scene) serve(values store.AccountReader, log logr.Logger, change ...func(*reader.Options)) {
	o := reader.Options{Values: values, Readers: s.store, Rate: 1_000_000, Log: log}
	for _, c := range change {
		c(&o)
	}
	s.reader = reader.New(o)
	var err error
	s.server, err = reader.Listen(s.Context(), "127.0.0.1:0", nil, s.reader, log)
	s.must(err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.server.Start(ctx) }()
	s.client = &http.Client{Transport: &described{base: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 2000}, t: s.TB, router: described31(s.TB)}}
	s.stop = sync.OnceFunc(func() {
		cancel()
		s.client.CloseIdleConnections()
		s.must(await.Value(s.TB, ended))
	})
	s.Cleanup(s.stop)
}

func claim(kind store.Kind, name string) store.Claim {
	return store.Claim{Cluster: "c", Kind: kind, Namespace: "team", NamespaceUID: "n", Name: name, UID: name}
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// plan writes or deletes one variable.
func (s *scene) plan(account string, change store.EnvVarChange) {
	s.Helper()
	s.must(s.fenced.SyncEnvVars(context.WithoutCancel(s.Context()), claim(store.KindAccount, account), claim(store.KindEnvVarSet, "env-"+account),
		func([]store.EnvVar) store.EnvVarPlan { return store.EnvVarPlan{Changes: []store.EnvVarChange{change}} }))
}

func (s *scene) set(account, name, value string) {
	s.Helper()
	s.plan(account, store.EnvVarChange{Op: store.EnvVarSet, Name: name, Value: store.NewSecret([]byte(value))})
}

func (s *scene) delete(account, name string) {
	s.Helper()
	s.plan(account, store.EnvVarChange{Op: store.EnvVarDelete, Name: name})
}

// key makes a service key of its own name; without accounts, for all.
func (s *scene) key(rights []string, accounts ...string) (name, text string) {
	s.Helper()
	want := store.ReaderKey{Name: "service" + strconv.Itoa(int(time.Now().UnixNano()%1e9)), Rights: rights, AllAccounts: len(accounts) == 0, Expires: time.Now().Add(time.Hour)}
	for _, account := range accounts {
		id, err := strconv.ParseInt(account, 10, 64)
		s.must(err)
		want.Accounts = append(want.Accounts, id)
	}
	_, secret, err := s.store.CreateReaderKey(s.Context(), want)
	s.must(err)
	s.passes()
	return want.Name, string(secret.Reveal())
}

// passes waits until the reader has looked for keys again.
func (s *scene) passes() { s.reader.Forget() }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request with a credential; header are pairs.
func (s *scene) ask(method, path, credential string, header ...string) answer {
	s.Helper()
	return s.send(method, path, credential, "", header...)
}

func (s *scene) send(method, path, credential, body string, header ...string) answer {
	s.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(s.Context()), method, "http://"+s.server.Addr().String()+path, strings.NewReader(body))
	s.must(err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if credential != "" {
		request.Header.Set("Authorization", "Bearer "+credential)
	}
	for n := 0; n+1 < len(header); n += 2 {
		request.Header.Set(header[n], header[n+1])
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.Errorf("%s %s: %v", method, path, err)
		return answer{}
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	s.must(err)
	return answer{response.StatusCode, response.Header, string(text)}
}

// decoded is a body of a form.
func decoded[T any](t testing.TB, a answer) (value T) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return value
}

// sql is what another program does.
func (s *scene) sql(text string) {
	s.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)")
	s.must(err)
	_, err = db.ExecContext(s.Context(), text)
	s.must(errors.Join(err, db.Close()))
}

func (s *scene) read(path string) string {
	s.Helper()
	text, err := os.ReadFile(path) //nolint:gosec // the test's own
	s.must(err)
	return string(text)
}

// until closes the channel once holds does.
func (s *scene) until(holds func() bool) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pauses := await.Pauses(); s.Context().Err() == nil && !holds(); {
			<-time.After(pauses.Step())
		}
	}()
	return done
}

// listenSecure serves the same reader over TLS, too.
func (s *scene) listenSecure(secure *tls.Config) (address string) {
	s.Helper()
	server, err := reader.Listen(s.Context(), "127.0.0.1:0", secure, s.reader, logr.Discard())
	s.must(err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.Context()))
	ended := make(chan error, 1)
	go func() { ended <- server.Start(ctx) }()
	s.Cleanup(func() {
		cancel()
		s.must(await.Value(s.TB, ended))
	})
	return server.Addr().String()
}
