package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/manager"
)

// Exit codes that whoever restarts the manager goes by.
const (
	tryAgain = 1 // the store or the API server may come back
	mendIt   = 2 // a user has to change something first
)

// password is in addresses of stores and must never be printed.
const password = "hunter2"

func TestStart_Bad_SaysWhatToDo(t *testing.T) {
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	unsealed := "--insecure-no-seal"
	sqliteStore := "--store=sqlite://" + filepath.Join(folder, "accounts.db")
	for _, c := range []struct {
		given string
		args  []string
		env   string
		code  int
		says  []string
	}{
		{"no keyset", []string{sqliteStore}, "", mendIt, []string{"manager keys init", "--seal-keyset-file"}},
		{
			"a keyset that is missing", []string{sqliteStore, "--seal-keyset-file=" + folder + "/absent.json"}, "",
			mendIt, []string{"absent.json", "manager keys init"},
		},
		{
			"a keyset that is malformed", []string{sqliteStore, "--seal-keyset-file=" + file("keyset.json", `{"key": 7}`)}, "",
			mendIt, []string{"keyset.json", "malformed", "manager keys init"},
		},
		{"no address", []string{"--store=", unsealed}, "", mendIt, []string{"empty", "sqlite:///path", "postgres://"}},
		{"a path for an address", []string{"--store=/accounts.db", unsealed}, "", mendIt, []string{"scheme", "sqlite:///path"}},
		{
			"a store of another kind", []string{unsealed}, "ACCOUNT_OPERATOR_STORE=mysql://u:" + password + "@host/d",
			mendIt, []string{"neither sqlite nor postgres", "write sqlite:///path"},
		},
		{
			"a folder that is missing", []string{"--store=sqlite://" + folder + "/absent/accounts.db", unsealed}, "",
			mendIt, []string{"absent", "create it or mount a volume"},
		},
		{
			"a PostgreSQL address that is malformed", []string{unsealed}, "ACCOUNT_OPERATOR_STORE=postgres://u:" + password + "@host:99999/d",
			mendIt, []string{"malformed", "write sqlite:///path"},
		},
		{
			"a password with a space", []string{unsealed}, "ACCOUNT_OPERATOR_STORE=postgres://u:" + password + " x@host/d",
			mendIt, []string{"malformed", "write sqlite:///path"},
		},
		{
			"a password in a flag", []string{"--store=postgres://u:" + password + "@127.0.0.1:1/d", unsealed}, "",
			mendIt, []string{"list of processes", "--store-file", "ACCOUNT_OPERATOR_STORE"},
		},
		{
			"a password in a parameter of a flag", []string{"--store=postgres://host/d?user=u&password=" + password, unsealed}, "",
			mendIt, []string{"list of processes", "--store-file"},
		},
		{
			"a PostgreSQL elsewhere in clear text", []string{"--store=postgres://u@db.example.com/d?sslmode=disable", unsealed}, "",
			mendIt, []string{"not be encrypted", "sslmode=verify-full", "--insecure-no-store-tls"},
		},
		{
			"a PostgreSQL that is down", []string{"--store=postgres://u@127.0.0.1:1/d", unsealed}, "",
			tryAgain, []string{"refuses connections", "see that its server runs"},
		},
		{
			"its address in a file", []string{"--store-file=" + file("address", "postgres://u:"+password+"@127.0.0.1:1/d\n"), unsealed}, "",
			tryAgain, []string{"refuses connections", "see that its server runs"},
		},
		{
			"its address in the environment", []string{unsealed}, "ACCOUNT_OPERATOR_STORE=postgres://u:" + password + "@127.0.0.1:1/d",
			tryAgain, []string{"refuses connections", "see that its server runs"},
		},
		{
			"no concurrency", []string{sqliteStore, unsealed, "--concurrency=0"}, "", mendIt, []string{"--concurrency must be 1 or more"},
		},
		{"a flag that there is not", []string{"--stroe=x"}, "", mendIt, []string{"--stroe", "see manager --help"}},
		{"a command that there is not", []string{"sotre"}, "", mendIt, []string{"sotre", "see manager --help"}},
		{
			"an environment variable that is wrong", []string{unsealed}, "ACCOUNT_OPERATOR_CONCURRENCY=" + password,
			mendIt, []string{"ACCOUNT_OPERATOR_CONCURRENCY", "--concurrency", "see manager --help"},
		},
		{
			"no way to the API server", []string{sqliteStore, unsealed, "--kubeconfig=" + folder + "/absent"}, "",
			mendIt, []string{"absent", "give --kubeconfig"},
		},
		{
			"election outside of a Pod", []string{sqliteStore, unsealed, "--leader-elect"}, "",
			mendIt, []string{"--leader-elect-namespace"},
		},
		{
			"profiles for everybody", []string{sqliteStore, unsealed, "--diagnostics=:6060"}, "",
			mendIt, []string{"--diagnostics", "loopback", "127.0.0.1:6060"},
		},
	} {
		t.Run("given "+c.given, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"--kubeconfig=" + local.Kubeconfig()}, c.args...)
			assertRefused(t, ends(t, []string{c.env}, args...), c.code, c.says...)
		})
	}
}

// ends runs a command that is expected to end by itself.
func ends(t *testing.T, env []string, args ...string) manager.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	r, err := binary.Run(ctx, env, args...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// assertRefused checks how the manager ended, and that it said why in one line
// of its own words.
func assertRefused(t *testing.T, r manager.Result, code int, says ...string) {
	t.Helper()
	if r.Code != code {
		t.Errorf("exit code %d, want %d", r.Code, code)
	}
	if message := strings.TrimSuffix(r.Stderr, "\n"); !strings.HasPrefix(message, "manager: ") || strings.Contains(message, "\n") {
		t.Errorf("it does not say in one line what is wrong:\n%s", r.Stderr)
	}
	for _, part := range says {
		if !strings.Contains(r.Stderr, part) {
			t.Errorf("%q is not in: %s", part, r.Stderr)
		}
	}
	if strings.Contains(r.Stdout+r.Stderr, password) {
		t.Errorf("it printed a password: %s%s", r.Stdout, r.Stderr)
	}
}

// begin runs a manager on the scene's store, which is expected to end at once.
func (s *scene) begin(args ...string) manager.Result {
	s.Helper()
	return ends(s.T, nil, append([]string{
		"--kubeconfig=" + s.cluster.Kubeconfig(), "--metrics-bind-address=0", "--health-probe-bind-address=0",
		"--store=" + s.store.address, "--seal-keyset-file=" + s.keyset,
	}, args...)...)
}

// used gives the scene's store something to lose.
func (s *scene) used() {
	s.Helper()
	m := s.start(s.as("manager"))
	alice := account("alice")
	s.create(alice, secret("hf", "HF_TOKEN"))
	set := envVarSet("base", "alice", "hf", "HF_TOKEN")
	s.create(set)
	s.becomesReady(alice, set)
	s.stop(m)
}

func TestStart_ForeignKeyset_IsRefusedBeforeAnyWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, dialect string) {
		s := newScene(t, dialect)
		s.used()
		before := s.content()
		other := newScene(t, dialect)

		assertRefused(t, s.begin("--seal-keyset-file="+other.keyset), mendIt, "another keyset", "--seal-keyset-file")
		assertRefused(t, s.begin("--seal-keyset-file=", "--insecure-no-seal"), mendIt, "no keyset was given", "--seal-keyset-file")

		s.isUntouched(before)
	})
}

func TestStart_LaterSchema_IsRefusedBeforeAnyWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, dialect string) {
		s := newScene(t, dialect)
		s.used()
		s.foreign(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, ` + s.store.yes() + `)`)
		before := s.content()

		assertRefused(t, s.begin(), mendIt, "version 9999", "use the newer binary")

		s.isUntouched(before)
	})
}

func TestStart_SecondManagerOnOneFile_IsRefused(t *testing.T) {
	s := newScene(t, sqlite)
	s.start(s.as("first"))
	alice := account("alice")
	s.create(alice)
	s.becomesReady(alice)

	assertRefused(t, s.begin(), mendIt, s.store.file, "stop it first", "PostgreSQL")

	bob := account("bob")
	s.create(bob)
	s.becomesReady(bob) // the first one goes on
}

func TestKeyset_There_IsNeverReplaced(t *testing.T) {
	s := newScene(t, sqlite)
	before, err := os.ReadFile(s.keyset)
	s.must(err)

	r := ends(t, nil, "keys", "init", s.keyset)

	assertRefused(t, r, mendIt, s.keyset, "never replaced")
	if after, err := os.ReadFile(s.keyset); err != nil || string(after) != string(before) {
		t.Errorf("the keyset was touched (%v)", err)
	}
}

func (s *scene) isUntouched(before map[string]string) {
	s.Helper()
	if after := s.content(); fmt.Sprint(after) != fmt.Sprint(before) {
		s.Errorf("the store was written:\n%.2000s\nwas\n%.2000s", fmt.Sprint(after), fmt.Sprint(before))
	}
}
