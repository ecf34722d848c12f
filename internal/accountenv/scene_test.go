package accountenv

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
)

// itself makes the program of these tests account-env.
const itself = "TEST_RUNS_ACCOUNT_ENV"

func TestMain(m *testing.M) {
	if os.Getenv(itself) != "" {
		_ = os.Unsetenv(itself)
		os.Exit(Main("test", os.Args[1:]))
	}
	os.Exit(m.Run())
}

// scene is a reader API on a store with account 1, that has the variable TOKEN, and a token for it in a file.
type scene struct {
	*testing.T
	store     *sqlstore.Store
	fenced    store.FencedStore
	values    store.AccountReader
	address   string
	tokenFile string
	leave     func()       // the API goes away
	waits     atomic.Int64 // requests that wait for a change

	mu   sync.Mutex
	said strings.Builder // by every account-env
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, address: "127.0.0.1:0", tokenFile: filepath.Join(t.TempDir(), "token")}
	path := "sqlite://" + filepath.Join(t.TempDir(), "accounts.db")
	o := sqlstore.Options{Sealer: seal.Unsealed(), MigrateOnOpen: true}
	var err error
	s.store, err = sqlstore.Open(t.Context(), path, o)
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	s.values, err = sqlstore.OpenReader(t.Context(), path, o)
	s.must(err)
	t.Cleanup(func() { _ = s.values.Close() })
	s.fenced, err = s.store.Lead(t.Context(), "c", "l")
	s.must(err)
	_, err = s.fenced.PutAccount(t.Context(), claim(store.KindAccount), store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
	s.must(err)
	s.set("TOKEN", "canary-1")
	s.newToken()
	s.serve()
	t.Cleanup(s.saidNoSecret)
	return s
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func claim(kind store.Kind) store.Claim {
	return store.Claim{Cluster: "c", Kind: kind, Namespace: "n", NamespaceUID: "n", Name: "alice", UID: "alice"}
}

// set gives the account a variable; its value is one that no log may have.
func (s *scene) set(name, value string) {
	s.Helper()
	s.must(s.fenced.SyncEnvVars(s.Context(), claim(store.KindAccount), claim(store.KindEnvVarSet), func([]store.EnvVar) store.EnvVarPlan {
		return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: store.EnvVarSet, Name: name, Value: store.NewSecret([]byte(value))}}}
	}))
}

// newToken writes a token for the account into the file, as an agent of the service would.
func (s *scene) newToken(rights ...string) {
	s.Helper()
	if len(rights) == 0 {
		rights = []string{store.RightEnv, store.RightChanges}
	}
	text, err := s.store.CreateReaderToken(s.Context(), store.ReaderToken{Account: 1, Rights: rights, By: "key:launcher/1", Expires: time.Now().Add(time.Hour)})
	s.must(err)
	s.write(s.tokenFile, string(text.Reveal())+"\n")
}

func (s *scene) write(path, text string) {
	s.Helper()
	s.must(os.WriteFile(path+".next", []byte(text), 0o600))
	s.must(os.Rename(path+".next", path))
}

// serve brings the API to its address, which it keeps.
func (s *scene) serve() {
	s.Helper()
	api := reader.New(reader.Options{Values: s.values, Readers: s.store, Rate: 1000, Log: logr.Discard()})
	listener, err := new(net.ListenConfig).Listen(s.Context(), "tcp", s.address)
	s.must(err)
	s.address = listener.Addr().String()
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("after") {
			s.waits.Add(1)
		}
		api.ServeHTTP(w, r)
	})
	server := &http.Server{Handler: counted, ReadHeaderTimeout: time.Minute}
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.Context()))
	var both sync.WaitGroup
	both.Go(func() { _ = server.Serve(listener) })
	both.Go(func() { api.Run(ctx) })
	s.leave = sync.OnceFunc(func() {
		_ = server.Close()
		cancel()
		await.End(s.T, both.Wait)
	})
	s.Cleanup(func() { s.leave() })
}

// run is an account-env with its command.
type run struct {
	*scene
	cmd   *exec.Cmd
	lines chan string // that the command writes
	ended chan int
}

// start runs a shell script by account-env, with flags such as --watch.
func (s *scene) start(script string, flags ...string) *run {
	s.Helper()
	return s.startCommand([]string{"sh", "-c", script}, flags...)
}

func (s *scene) startCommand(command []string, flags ...string) *run {
	s.Helper()
	args := append([]string{"--url=http://" + s.address, "--account=1", "--token-file=" + s.tokenFile}, flags...)
	return s.startBare(append(append(args, "--"), command...)...)
}

func (s *scene) startBare(args ...string) *run {
	s.Helper()
	program, err := os.Executable()
	s.must(err)
	r := &run{scene: s, cmd: exec.CommandContext(context.WithoutCancel(s.Context()), program, args...), lines: make(chan string, 1000), ended: make(chan int, 1)}
	r.cmd.Env = append(os.Environ(), itself+"=1", "TOKEN=inherited", "OTHER=kept")
	r.cmd.WaitDelay = time.Minute
	out, outside := io.Pipe()
	r.cmd.Stdout, r.cmd.Stderr = outside, s
	s.must(r.cmd.Start())
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			r.lines <- lines.Text()
		}
	}()
	go func() {
		_ = r.cmd.Wait() //unbounded: the cleanup ends it
		_ = outside.Close()
		r.ended <- r.cmd.ProcessState.ExitCode()
	}()
	s.Cleanup(func() { _ = r.cmd.Process.Signal(syscall.SIGTERM) })
	return r
}

// Write keeps what an account-env says.
func (s *scene) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.Write(text)
}

func (s *scene) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// says waits until an account-env has said something.
func (s *scene) says(want string) {
	s.Helper()
	s.until("nobody said: "+want, func() bool { return strings.Contains(s.log(), want) })
}

func (s *scene) until(otherwise string, is func() bool) {
	s.Helper()
	deadline := time.Now().Add(time.Minute)
	for pauses := await.Pauses(); !is(); <-time.After(pauses.Step()) {
		if time.Now().After(deadline) {
			s.Fatalf("%s; account-env says:\n%s", otherwise, s.log())
		}
	}
}

// running reports whether there is a process that is no zombie.
func running(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func (s *scene) saidNoSecret() {
	for _, secret := range []string{"canary", "aot_", "aok_"} {
		if strings.Contains(s.log(), secret) {
			s.Errorf("%s was said", secret)
		}
	}
}

// line is the next that the command writes.
func (r *run) line(want string) {
	r.Helper()
	if got := await.Value(r.T, r.lines); got != want {
		r.Fatalf("the command writes %q, not %q; account-env says:\n%s", got, want, r.log())
	}
}

func (r *run) send(s syscall.Signal) {
	r.Helper()
	r.must(r.cmd.Process.Signal(s))
}

func (r *run) ends(want int) {
	r.Helper()
	if got := await.Value(r.T, r.ended); got != want {
		r.Errorf("it ended with %d, not %d:\n%s", got, want, r.log())
	}
}
