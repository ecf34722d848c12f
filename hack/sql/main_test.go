package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/postgres"
)

var server *postgres.Server

func TestMain(m *testing.M) {
	os.Exit(postgres.Main(m.Run, postgres.Options{}, func(s *postgres.Server) { server = s }))
}

// stores make one with the tables that the manager makes, and nothing in them.
var stores = []struct {
	dialect string
	make    func(*testing.T) (address string)
}{
	{"SQLite", newSQLite},
	{"PostgreSQL", newPostgreSQL},
}

func newPostgreSQL(t *testing.T) string {
	t.Helper()
	return migrated(t, server.NewDatabase(t))
}

func newSQLite(t *testing.T) string {
	t.Helper()
	return migrated(t, "sqlite://"+filepath.Join(t.TempDir(), "accounts.db"))
}

func migrated(t *testing.T, address string) string {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), address, sqlstore.Options{Sealer: seal.Unsealed(), MigrateOnOpen: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}
