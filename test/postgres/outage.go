package postgres

import (
	"bytes"
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Up starts the server on the data it has and returns when it takes connections.
func (s *Server) Up(ctx context.Context) error {
	s.wake()
	return s.up(ctx)
}

func (s *Server) up(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := s.start(ctx)
		// The backends of a server that was killed notice a moment later, and
		// until then a new one refuses to start.
		if err == nil || ctx.Err() != nil || !s.backendsLeft() {
			return err
		}
	}
}

// Restart shuts the server down, which breaks all connections, and starts it
// again.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Down(); err != nil {
		return err
	}
	return s.Up(ctx)
}

// Freeze makes the server take connections and answer nobody, until Thaw lets it go on where it was.
func (s *Server) Freeze(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, execLimit)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL(superuser))
	if err != nil {
		return err
	}
	rows, err := conn.Query(ctx, "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
	if err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	backends, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return err
	}
	// First the one that would start others.
	if err := s.process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	s.frozen = backends
	return s.signal(syscall.SIGSTOP)
}

// Thaw ends Freeze.
func (s *Server) Thaw() error {
	s.wake()
	return s.thaw()
}

func (s *Server) thaw() error {
	err := errors.Join(s.signal(syscall.SIGCONT), s.process.Signal(syscall.SIGCONT))
	s.frozen = nil
	return err
}

// signal reaches the backends that were frozen. One that ended by itself is no error.
func (s *Server) signal(signal syscall.Signal) (err error) {
	for _, pid := range s.frozen {
		if e := syscall.Kill(pid, signal); !errors.Is(e, syscall.ESRCH) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// Down shuts the server down in order without waiting for its clients. Its data
// stays for Up.
func (s *Server) Down() error {
	s.wake()
	return s.down()
}

func (s *Server) down() error { return errors.Join(s.thaw(), s.process.Stop(stopLimit)) }

// Kill ends the server without warning. Its data stays for Up, which recovers
// what was committed.
func (s *Server) Kill() {
	s.wake()
	s.process.Kill()
}

func (s *Server) start(ctx context.Context) error {
	if err := os.RemoveAll(s.log()); err != nil {
		return err
	}
	command := s.command("postgres", s.settings()...)
	command.StopSignal = syscall.SIGINT // "fast": clients are sent away
	started, err := s.group.Start(command)
	if err != nil {
		return err
	}
	s.process = started
	return started.Await(ctx, func(ctx context.Context) error { return s.exec(ctx, superuser, "SELECT 1") })
}

func (s *Server) settings() []string {
	settings := []string{
		"listen_addresses=", "port=" + port,
		"unix_socket_directories=" + s.folder.Path, "unix_socket_permissions=0700",
		"max_connections=200",
	}
	if !s.options.Durable {
		// Not synchronous_commit: a killed server would lose commits, and that
		// is what tests of outages look for.
		// Shared memory in files of its own folder: what a killed server leaves elsewhere would stay.
		settings = append(settings, "fsync=off", "full_page_writes=off", "dynamic_shared_memory_type=mmap")
	}
	args := []string{"-D", s.data()}
	for _, setting := range append(settings, s.options.Settings...) {
		args = append(args, "-c", setting)
	}
	return args
}

// backendsLeft reports whether the last start failed because processes of the
// server before still use its shared memory.
func (s *Server) backendsLeft() bool {
	printed, err := os.ReadFile(s.log())
	return err == nil && bytes.Contains(printed, []byte("pre-existing shared memory block"))
}

func (s *Server) log() string { return s.folder.File("postgres.log") }
