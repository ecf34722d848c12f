package postgres

import (
	"bytes"
	"context"
	"os"
	"syscall"
)

// Up starts the server on the data it has and returns when it takes connections.
func (s *Server) Up(ctx context.Context) error {
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

// Down shuts the server down in order without waiting for its clients. Its data
// stays for Up.
func (s *Server) Down() error { return s.process.Stop(stopLimit) }

// Kill ends the server without warning. Its data stays for Up, which recovers
// what was committed.
func (s *Server) Kill() { s.process.Kill() }

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
	return started.Await(ctx, func(ctx context.Context) error { return s.Exec(ctx, superuser, "SELECT 1") })
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
		settings = append(settings, "fsync=off", "full_page_writes=off")
	}
	args := []string{"-D", s.data()}
	for _, setting := range append(settings, s.options.Settings...) {
		args = append(args, "-c", setting)
	}
	return args
}

// backendsLeft tells whether the last start failed because processes of the
// server before still use its shared memory.
func (s *Server) backendsLeft() bool {
	printed, err := os.ReadFile(s.log())
	return err == nil && bytes.Contains(printed, []byte("pre-existing shared memory block"))
}

func (s *Server) log() string { return s.folder.File("postgres.log") }
