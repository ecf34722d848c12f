package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestStatements(t *testing.T) {
	bytes := map[string]string{"SQLite": "x'0102'", "PostgreSQL": `'\x0102'::bytea`}
	for _, store := range stores {
		t.Run(store.dialect, func(t *testing.T) {
			address := store.make(t)
			for _, c := range []struct{ statement, prints string }{
				{"INSERT INTO accounts (email) VALUES ('alice@example.com')", "1 row changed\n"},
				{"INSERT INTO instances (id, account_id) SELECT 'i-101', id FROM accounts", "1 row changed\n"},
				{"SELECT id, account_id, " + bytes[store.dialect] + ", NULL FROM instances", "i-101\t1\t(2 bytes)\tNULL\n"},
				{"DELETE FROM instances WHERE id = 'i-101' returning id", "i-101\n"},
				{"DELETE FROM instances WHERE id = 'i-101'", "0 rows changed\n"},
			} {
				if out := typed(t, address, c.statement); out != c.prints {
					t.Errorf("%s: printed %q, want %q", c.statement, out, c.prints)
				}
			}
		})
	}
}

func TestRefused(t *testing.T) {
	address := newSQLite(t)
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
