package sqlstore_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
)

// What this program does when a test started it as another process.
const (
	partVariable   = "SQLSTORE_TEST_PART"
	pathVariable   = "SQLSTORE_TEST_PATH"
	keysetVariable = "SQLSTORE_TEST_KEYSET"
)

var parts = map[string]func() int{"count": count, "foreign": writeForeign, "live": live, "insist": insist, "fill": fill, "copy": copySteps}

func process(t *testing.T, part, path, keyset string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), partVariable+"="+part, pathVariable+"="+path, keysetVariable+"="+keyset)
	command.Stderr = os.Stderr
	return command
}

// count is a manager that writes ever greater numbers and says each that was acknowledged.
func count() int {
	ctx := context.Background()
	sealer, err := seal.LoadFile(os.Getenv(keysetVariable))
	if err != nil {
		return 1
	}
	s, err := sqlstore.Open(ctx, "sqlite://"+os.Getenv(pathVariable), sqlstore.Options{Sealer: sealer, MigrateOnOpen: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fenced, err := s.Lead(ctx, "c", "l")
	if err != nil {
		return 1
	}
	alice := claim(store.KindAccount, "alice")
	if _, err := fenced.PutAccount(ctx, alice, store.AccountSpec{Email: "alice@example.com"}, store.Mark{}); err != nil {
		return 1
	}
	for n := 1; ; n++ {
		err := fenced.SyncEnvVars(ctx, alice, claim(store.KindEnvVarSet, "env"), func([]store.EnvVar) (p store.EnvVarPlan) {
			for _, name := range []string{"A", "B"} {
				p.Changes = append(p.Changes, store.EnvVarChange{
					Op: store.EnvVarSet, Name: name, Value: store.NewSecret([]byte(strconv.Itoa(n))),
				})
			}
			return p
		})
		if err != nil {
			return 1
		}
		_, _ = fmt.Fprintln(os.Stdout, n)
	}
}

func TestSQLite_Killed_KeepsWhatItAcknowledged(t *testing.T) {
	folder := t.TempDir()
	path, keyset := filepath.Join(folder, "accounts.db"), filepath.Join(folder, "keyset.json")
	content := newKeyset(t)
	must(t, os.WriteFile(keyset, content, 0o600))
	for round := range 5 {
		command := process(t, "count", path, keyset)
		out, err := command.StdoutPipe()
		must(t, err)
		must(t, command.Start())
		acknowledged := ""
		lines := bufio.NewScanner(out)
		for n := 0; n < 20+round*7 && lines.Scan(); n++ {
			acknowledged = lines.Text()
		}
		must(t, command.Process.Kill())
		for lines.Scan() { // what it said before it died
			acknowledged = lines.Text()
		}
		_ = await.Result(t, command.Wait)

		o := options(t)
		o.Sealer = load(t, content)
		s := open(t, "sqlite://"+path, o)
		fenced, err := s.Lead(t.Context(), "c", "l")
		must(t, err)
		a, b := value(t, fenced, "A"), value(t, fenced, "B")
		last, err := strconv.Atoi(acknowledged)
		must(t, err)
		if got, _ := strconv.Atoi(a); a != b || got != last && got != last+1 {
			t.Errorf("round %d: acknowledged %d, found %s and %s", round, last, a, b)
		}
		closeStore(t, s)
	}
}

// writeForeign is a program that knows the tables only.
func writeForeign() int {
	db, err := sql.Open("sqlite", "file:"+os.Getenv(pathVariable)+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return 1
	}
	if _, err := db.ExecContext(context.Background(), `UPDATE accounts SET username = 'x' WHERE name = 'alice'`); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func TestSQLiteFeed_WriteOfAnotherProcess_IsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accounts.db")
	fenced := filled(t, open(t, "sqlite://"+path, options(t)))
	feed, err := fenced.Changes(t.Context())
	must(t, err)
	must(t, process(t, "foreign", path, "").Run())
	if c := heard(feed); c != claim(store.KindAccount, "alice") {
		t.Errorf("got %v", c)
	}
}
