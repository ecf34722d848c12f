package postgres

import (
	"context"
	"fmt"
	"os"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/leaks"
)

// Main is the body of a TestMain: it runs a package's tests with one server for
// all of them, hands it to use first, and returns the exit code. The server
// starts when it is first used. Main fails the run when a goroutine is left over
// after the server is gone.
//
//	func TestMain(m *testing.M) {
//		os.Exit(postgres.Main(m.Run, postgres.Options{}, func(s *postgres.Server) { server = s }))
//	}
//
// For tests that need a cluster as well, run is a function that calls
// cluster.Main.
func Main(run func() int, o Options, use func(*Server), left ...goleak.Option) int {
	return leaks.Main(func() int { return onServer(run, o, use) }, left...)
}

func onServer(run func() int, o Options, use func(*Server)) int {
	ctx, cancel := context.WithTimeout(context.Background(), mainLimit)
	defer cancel()
	s, err := prepared(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s.asleep = true
	use(s)
	code := run()
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stopping PostgreSQL:", err)
		return 1
	}
	return code
}
