package sqlstore_test

import (
	"flag"
	"os"
	"testing"

	"github.com/account-operator/account-operator/test/network"
	"github.com/account-operator/account-operator/test/postgres"
)

var server *postgres.Server

// TestMain plays a part when a test started this program as another process. The server's Main looks for goroutines left
// over, too.
func TestMain(m *testing.M) {
	if part := os.Getenv(partVariable); part != "" {
		os.Exit(parts[part]())
	}
	// Each history of the model is some hundred transactions that reach the disk; -rapid.checks=100 looks longer.
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	os.Exit(postgres.Main(m.Run, postgres.Options{}, func(s *postgres.Server) { server = s }, network.Left()...))
}
