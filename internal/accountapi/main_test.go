package accountapi_test

import (
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the other program's driver

	"github.com/account-operator/account-operator/test/network"
	"github.com/account-operator/account-operator/test/postgres"
)

var server *postgres.Server

func TestMain(m *testing.M) {
	os.Exit(postgres.Main(m.Run, postgres.Options{}, func(s *postgres.Server) { server = s }, network.Left()...))
}
