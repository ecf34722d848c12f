package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// mainLimit is how long the start of a package's server may take.
const mainLimit = 2 * time.Minute

// prepared is a server of which nothing runs yet.
func prepared(ctx context.Context, o Options) (*Server, error) {
	binaries, err := findBinaries(ctx)
	if err != nil {
		return nil, err
	}
	account, err := serverAccount()
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, binaries: binaries, account: account}
	folder := process.VolatileFolder
	if o.Durable {
		folder = process.TemporaryFolder
	}
	if s.folder, err = folder("account-operator-postgres"); err == nil {
		s.group, err = process.NewGroup()
	}
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// wake starts the server of a package's tests when one of them first uses it: a run of pure tests starts none. Every exported method
// that needs it running calls this; what the start itself calls must not.
func (s *Server) wake() {
	if !s.asleep {
		return
	}
	s.awake.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), mainLimit)
		defer cancel()
		if err := s.create(ctx); err != nil {
			fmt.Fprintln(os.Stderr, errors.Join(fmt.Errorf("starting PostgreSQL: %w", err), s.Stop()))
			os.Exit(1) // no test of the package can go on, and none is to blame
		}
	})
}
