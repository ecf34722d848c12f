package sqlstore_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// Given a store that a manager leads, when it is copied in the middle of a foreign write, then the copy is whole, opens with the same
// keys and has all that was committed, and nothing is left beside the store.
func TestSQLiteCopy_BesideAManager_IsWhole(t *testing.T) {
	address, foreign := newSQLite(t)
	o := options(t)
	fenced := filled(t, open(t, address, o))
	o.WithoutLock = true
	beside := open(t, address, o)
	before := dump(t, beside)
	conn, err := foreign.db.Conn(t.Context())
	must(t, err)
	_, err = conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`)
	must(t, err)
	_, err = conn.ExecContext(t.Context(), `UPDATE accounts SET theme = 'Light'`)
	must(t, err)

	var copied bytes.Buffer
	must(t, beside.Backup(t.Context(), &copied))

	_, err = conn.ExecContext(t.Context(), `ROLLBACK`)
	must(t, err)
	must(t, conn.Close())
	must(t, fenced.DeleteAccount(t.Context(), claim(store.KindAccount, "bob"), store.Deletion{}))
	path := filepath.Join(t.TempDir(), "copy.db")
	must(t, os.WriteFile(path, copied.Bytes(), 0o600))
	restored := open(t, "sqlite://"+path, o)
	findings, err := restored.Verify(t.Context())
	must(t, err)
	if len(findings) > 0 {
		t.Error(findings)
	}
	if got := dump(t, restored); got != before {
		t.Errorf("the copy has\n%s\nbut the store had\n%s", got, before)
	}
	left, err := filepath.Glob(strings.TrimPrefix(address, "sqlite://") + ".copy-*")
	must(t, err)
	if len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestPostgresCopy_ByItsOwnPrograms_IsWhole(t *testing.T) {
	address, _ := newPostgres(t)
	var copied bytes.Buffer
	err := open(t, address, options(t)).Backup(t.Context(), &copied)
	if err == nil || !strings.Contains(err.Error(), "only an SQLite store is copied like this") || copied.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, copied.Len())
	}
}

func dump(t *testing.T, s *sqlstore.Store) string {
	t.Helper()
	var out strings.Builder
	must(t, s.Dump(t.Context(), &out))
	return out.String()
}
