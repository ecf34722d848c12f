package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// Snapshot keeps a copy of the server's data as they are at this moment, beside its clients, who only wait. It takes the place of
// the one before.
func (s *Server) Snapshot(ctx context.Context) (err error) {
	if err := s.Freeze(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Thaw()) }()
	return copyFolder(ctx, s.data(), s.copied())
}

// PutBack kills the server and starts it on the data of the last Snapshot, as whoever restores a copy does, or as an asynchronous
// standby that is promoted looks to its clients: connections break, and the last commits are gone.
func (s *Server) PutBack(ctx context.Context) error {
	s.Kill()
	if err := copyFolder(ctx, s.copied(), s.data()); err != nil {
		return err
	}
	return s.Up(ctx)
}

func (s *Server) copied() string { return s.folder.File("copied") }

// copyFolder leaves nothing else at the place that it copies to.
func copyFolder(ctx context.Context, from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if printed, err := exec.CommandContext(ctx, "cp", "-a", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copying the data of the server: %w: %s", err, printed)
	}
	return nil
}
