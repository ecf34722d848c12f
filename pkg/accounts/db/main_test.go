package db_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/account-operator/account-operator/pkg/accounts/internal/fixture"

	"github.com/account-operator/account-operator/test/network"
	"github.com/account-operator/account-operator/test/postgres"
)

var server *postgres.Server

// TestMain makes the store of the examples, which are read by whoever knows its address and has its keyset.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "accounts-")
	if err != nil {
		panic(err)
	}
	database, keyset := "sqlite://"+filepath.Join(folder, "accounts.db"), filepath.Join(folder, "keyset.json")
	if err := fixture.Store(database, keyset); err != nil {
		panic(err)
	}
	_ = os.Setenv("ACCOUNT_OPERATOR_STORE", database)
	_ = os.Setenv("ACCOUNT_OPERATOR_SEAL_KEYSET_FILE", keyset)
	code := postgres.Main(m.Run, postgres.Options{}, func(s *postgres.Server) { server = s }, network.Left()...)
	_ = os.RemoveAll(folder)
	os.Exit(code)
}
