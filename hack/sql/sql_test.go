package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newStore makes a store with the tables that the manager makes, and nothing in them.
func newStore(t *testing.T) (address string) {
	t.Helper()
	address = "sqlite://" + filepath.Join(t.TempDir(), "accounts.db")
	s, err := sqlstore.Open(t.Context(), address, sqlstore.Options{Sealer: seal.Unsealed(), MigrateOnOpen: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}

func TestStatements(t *testing.T) {
	address := newStore(t)
	for _, c := range []struct{ statement, prints string }{
		{"INSERT INTO accounts (email) VALUES ('alice@example.com')", "1 row changed\n"},
		{"INSERT INTO instances (id, account_id) SELECT 'i-101', id FROM accounts WHERE email = 'alice@example.com' AND deleted_at IS NULL", "1 row changed\n"},
		{"SELECT id, account_id, x'0102', NULL FROM instances", "i-101\t1\t(2 bytes)\tNULL\n"},
		{"DELETE FROM instances WHERE id = 'i-101' returning id", "i-101\n"},
		{"DELETE FROM instances WHERE id = 'i-101'", "0 rows changed\n"},
	} {
		var out bytes.Buffer
		if err := run(t.Context(), []string{address, c.statement}, &out); err != nil {
			t.Fatalf("%s: %v", c.statement, err)
		}
		if out.String() != c.prints {
			t.Errorf("%s: printed %q, want %q", c.statement, out.String(), c.prints)
		}
	}
}

func TestRefused(t *testing.T) {
	address := newStore(t)
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"no statement", []string{address}, "usage: sql URL STATEMENT"},
		{"another scheme", []string{"mysql://root:hunter2@host/db", "SELECT 1"}, "neither with sqlite:// nor with postgres://"},
		{"two slashes", []string{"sqlite://accounts.db", "SELECT 1"}, "three slashes"},
		{"a file that is not there", []string{"sqlite:///nowhere/accounts.db", "SELECT 1"}, "no such file"},
		{"a malformed address of PostgreSQL", []string{"postgres://root:hunter2@host:port/db", "SELECT 1"}, "cannot parse"},
		{"no such table", []string{address, "SELECT * FROM missing"}, "no such table: missing"},
		{"an instance of nobody", []string{address, "INSERT INTO instances (id, account_id) VALUES ('i-1', 7)"}, "an instance needs a live account"},
	} {
		err := run(t.Context(), c.args, &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want one that says %q", c.name, err, c.says)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error holds the password", c.name)
		}
	}
}
