package postgres

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// NewDatabase gives a test an empty database of its own, dropped when the test
// is over, and returns its URL.
func (s *Server) NewDatabase(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", s.made.Add(1))
	if err := s.CreateDatabase(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// By now the test's own context is over.
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		// No matter if the server is down: the database goes with its folder.
		_ = s.Exec(ctx, superuser, "DROP DATABASE "+quote(name)+" WITH (FORCE)")
	})
	return s.URL(name)
}

// CreateDatabase makes an empty database that stays as long as the server.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	if err := s.Exec(ctx, superuser, "CREATE DATABASE "+quote(name)); err != nil {
		return fmt.Errorf("creating database %s: %w", name, err)
	}
	return nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
