package sqlstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
)

// copySteps is a command that copies, and says each step before it is done.
func copySteps() int {
	sealer, err := seal.LoadFile(os.Getenv(keysetVariable))
	if err != nil {
		return 1
	}
	in := bufio.NewScanner(os.Stdin)
	copied, err := sqlstore.Copy(context.Background(), "sqlite://"+os.Getenv(pathVariable), os.Getenv(targetVariable), sqlstore.Options{Sealer: sealer}, func(step string) {
		fmt.Fprintln(os.Stdout, step)
		in.Scan() // until it may go on
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprintln(os.Stdout, "done", copied.Before)
	return 0
}

const targetVariable = "SQLSTORE_TEST_TARGET"

// Given a copy, when it is killed before any of its steps, then either nothing has happened and the manager starts on the file, or the file is retired;
// and the same command finishes it.
func TestCopy_KilledAtAnyStep_IsFinishedByTheNext(t *testing.T) {
	folder := t.TempDir()
	keyset := filepath.Join(folder, "keyset.json")
	content := newKeyset(t)
	must(t, os.WriteFile(keyset, content, 0o600))
	o := options(t)
	o.Sealer = load(t, content)
	_, file := grown(t, o)
	must(t, file.exec(`VACUUM INTO $1`, filepath.Join(folder, "whole.db")))
	whole, err := os.ReadFile(filepath.Join(folder, "whole.db"))
	must(t, err)
	tables, _ := tablesOf(t, file)
	want := counts(t, file, tables)
	for _, at := range []string{"accounts", "env_vars", "identity", "retire", "commit"} {
		t.Run(at, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "accounts.db")
			must(t, os.WriteFile(path, whole, 0o600))
			to, database := newPostgres(t)
			command := process(t, "copy", path, keyset)
			command.Env = append(command.Env, targetVariable+"="+to)
			said, err := command.StdoutPipe()
			must(t, err)
			goOn, err := command.StdinPipe()
			must(t, err)
			must(t, command.Start())
			for lines := bufio.NewScanner(said); lines.Scan() && lines.Text() != at; {
				_, err := goOn.Write([]byte("\n"))
				must(t, err)
			}
			must(t, command.Process.Kill())
			_ = await.Result(t, command.Wait)

			s, err := sqlstore.Open(t.Context(), "sqlite://"+path, o)
			if retired := at == "commit"; (err != nil) != retired {
				t.Errorf("the file opens with %v", err)
			}
			if err == nil {
				closeStore(t, s)
			}
			if copied := copyStore(t, "sqlite://"+path, to, o); copied.Before {
				t.Error("it was there before it was committed")
			}
			if diff := cmp.Diff(want, counts(t, database, tables)); diff != "" {
				t.Error(diff)
			}
			refused(t, "sqlite://"+path, o, "is retired")
			closeStore(t, open(t, to, o))
		})
	}
}
