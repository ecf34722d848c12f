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
	return s.NewDatabaseFrom(t, empty)
}

// NewDatabaseFrom is NewDatabase with what another one holds, to which nobody
// may be connected.
func (s *Server) NewDatabaseFrom(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", s.made.Add(1))
	if err := s.copyDatabase(t.Context(), name, template); err != nil {
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
	return s.copyDatabase(ctx, name, empty)
}

// empty is what PostgreSQL itself copies where nothing else is asked for.
const empty = "template1"

func (s *Server) copyDatabase(ctx context.Context, name, template string) error {
	if err := s.Exec(ctx, superuser, "CREATE DATABASE "+quote(name)+" TEMPLATE "+quote(template)); err != nil {
		return fmt.Errorf("creating database %s: %w", name, err)
	}
	return nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
