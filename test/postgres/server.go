// Package postgres runs a real PostgreSQL server for tests and benchmarks: in a
// folder of its own, reached through a socket in it and by no port, and gone
// when the program that started it is.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// Options says what server to start. The zero value is one for tests.
type Options struct {
	// Durable makes each commit wait for the disk, as in production. Without it
	// a commit survives the death of the server, but not that of the machine.
	Durable bool
	// Settings are added to the server's, as in "max_connections=20".
	Settings []string
}

// Server is a PostgreSQL server. Down, Up, Restart, Freeze, Thaw, Kill and Stop are for one
// goroutine at a time; everything else may be called from any.
type Server struct {
	options  Options
	binaries binaries
	account  *syscall.Credential
	folder   *process.Folder
	group    *process.Group
	process  *process.Process
	asleep   bool // until wake
	awake    sync.Once
	frozen   []int        // backends, by the numbers of their processes
	made     atomic.Int64 // databases
}

const (
	startLimit = 60 * time.Second
	stopLimit  = 30 * time.Second
	execLimit  = 2 * time.Minute // one statement, on a server that may be frozen

	superuser = "postgres"
	port      = "5432" // only names the socket
)

// Start makes a fresh server and returns when it takes connections.
func Start(ctx context.Context, o Options) (*Server, error) {
	s, err := prepared(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.create(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("starting PostgreSQL: %w", err), s.Stop())
	}
	return s, nil
}

// create makes the files in the folder, and starts the server on them.
func (s *Server) create(ctx context.Context) error {
	if s.account != nil {
		if err := os.Chown(s.folder.Path, int(s.account.Uid), int(s.account.Gid)); err != nil {
			return err
		}
	}
	args := []string{
		"--pgdata=" + s.data(), "--username=" + superuser,
		// The folder is its owner's alone, so whoever reaches the socket may.
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions",
	}
	if !s.options.Durable {
		args = append(args, "--no-sync")
	}
	if err := s.group.Run(ctx, s.command("initdb", args...)); err != nil {
		return err
	}
	return s.up(ctx)
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	var errs []error
	if s.process != nil {
		errs = append(errs, s.down())
	}
	if s.group != nil {
		errs = append(errs, s.group.Close())
	}
	if s.folder != nil {
		errs = append(errs, s.folder.Close())
	}
	return errors.Join(errs...)
}

// URL returns how to reach a database, in the form that pgx and psql understand.
func (s *Server) URL(database string) string {
	s.wake()
	return s.url(database)
}

func (s *Server) url(database string) string {
	query := url.Values{"host": {s.folder.Path}, "port": {port}, "user": {superuser}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", Host: "", Path: "/" + database, RawQuery: query.Encode()}).String()
}

// Socket is where the server listens.
func (s *Server) Socket() string {
	s.wake()
	return filepath.Join(s.folder.Path, ".s.PGSQL."+port)
}

// Exec runs one statement as superuser.
func (s *Server) Exec(ctx context.Context, database, statement string) error {
	s.wake()
	return s.exec(ctx, database, statement)
}

func (s *Server) exec(ctx context.Context, database, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, execLimit)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url(database))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

func (s *Server) data() string { return s.folder.File("data") }

func (s *Server) command(name string, args ...string) process.Command {
	return process.Command{
		Path: s.binaries.path(name), Args: args, Dir: s.folder.Path,
		Log: s.folder.File(name + ".log"), User: s.account,
	}
}
