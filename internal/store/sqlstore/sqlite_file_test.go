package sqlstore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

func TestSQLite_SecondManager_IsRefused(t *testing.T) {
	address, _ := newSQLite(t)
	o := options(t)
	first := open(t, address, o)
	filled(t, first)
	refused(t, address, o, "another manager")

	o.WithoutLock = true
	beside := open(t, address, o)
	findings, err := beside.Verify(t.Context())
	must(t, err)
	if len(findings) > 0 {
		t.Error(findings)
	}
	closeStore(t, beside)
	closeStore(t, first)

	o.WithoutLock = false
	closeStore(t, open(t, address, o))
}

func TestSQLite_WithoutLock_MakesNoFile(t *testing.T) {
	address, _ := newSQLite(t)
	o := options(t)
	o.WithoutLock = true
	refused(t, address, o, "does not exist")
}

func TestSQLite_Files_ArePrivate(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a b%20?#ü.db")
	must(t, os.WriteFile(path, nil, 0o644))
	must(t, os.Chmod(path, 0o644))
	s := open(t, "sqlite://"+filepath.Join(folder, "a%20b%2520%3F%23ü.db"), options(t))
	filled(t, s)
	entries, err := os.ReadDir(folder)
	must(t, err)
	if len(entries) != 4 {
		t.Errorf("the folder has %v, wanted the file, its log, its shared memory and its lock", entries)
	}
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %s", e.Name(), info.Mode())
		}
	}
}

// A person with the sqlite3 shell in the middle of a transaction does not make the manager hang.
func TestSQLite_ForeignWriter_IsWaitedForNoLongerThanTheContext(t *testing.T) {
	address, foreign := newSQLite(t)
	s := open(t, address, options(t))
	fenced := filled(t, s)
	conn, err := foreign.db.Conn(t.Context())
	must(t, err)
	_, err = conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	err = fenced.DeleteAccount(ctx, claim(store.KindAccount, "bob"), store.Deletion{})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 3*time.Second {
		t.Errorf("got %v after %s", err, time.Since(began))
	}
	if _, err := fenced.Account(t.Context(), claim(store.KindAccount, "bob")); err != nil {
		t.Errorf("reading beside a writer: %v", err)
	}
	_, err = conn.ExecContext(t.Context(), `ROLLBACK`)
	must(t, err)
	must(t, conn.Close())
	must(t, fenced.DeleteAccount(t.Context(), claim(store.KindAccount, "bob"), store.Deletion{}))
}

func TestSQLiteVerify_DanglingRow_IsFound(t *testing.T) {
	address, foreign := newSQLite(t)
	s := open(t, address, options(t))
	must(t, foreign.exec(`INSERT INTO env_vars (account_id, name, value, version) VALUES (99, 'A', X'00', 1)`))
	findings, err := s.Verify(t.Context())
	must(t, err)
	if len(findings) != 2 || findings[0] != "a row of env_vars refers to one of accounts that is missing" ||
		findings[1] != `the variable "A" of account 99 does not open` {
		t.Errorf("got %q", findings)
	}
}
