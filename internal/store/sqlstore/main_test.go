package sqlstore_test

import (
	"os"
	"testing"

	"github.com/account-operator/account-operator/test/postgres"
)

var server *postgres.Server

// The server's Main looks for goroutines left over, too.
func TestMain(m *testing.M) {
	os.Exit(postgres.Main(m.Run, postgres.Options{}, func(s *postgres.Server) { server = s }))
}
