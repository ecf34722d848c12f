package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/postgres"
)

func own(t *testing.T) *postgres.Server {
	t.Helper()
	s, err := postgres.Start(t.Context(), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestServer_Restarted_KeepsWhatWasCommitted(t *testing.T) {
	s := own(t)
	database := s.NewDatabase(t)
	before := connect(t, database)
	execute(t, before, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := before.Ping(t.Context()); err == nil {
		t.Error("a connection survived the restart")
	}
	if n := ask[int](t, connect(t, database), "SELECT n FROM kept"); n != 7 {
		t.Errorf("n = %d, want 7", n)
	}
}

func TestServer_Killed_KeepsWhatWasCommitted(t *testing.T) {
	s := own(t)
	database := s.NewDatabase(t)
	execute(t, connect(t, database), "CREATE TABLE kept (n int)")
	for round := range 5 {
		conn := connect(t, database)
		execute(t, conn, "INSERT INTO kept VALUES (1)")
		s.Kill()
		if refused, err := pgx.Connect(t.Context(), database); err == nil {
			_ = refused.Close(t.Context())
			t.Error("a killed server takes connections")
		}
		if err := s.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := ask[int](t, connect(t, database), "SELECT count(*) FROM kept"); n != round+1 {
			t.Fatalf("%d rows after %d rounds", n, round+1)
		}
	}
}

func TestServer_Down_IsAnOutage(t *testing.T) {
	s := own(t)
	database := s.NewDatabase(t)
	if err := s.Down(); err != nil {
		t.Fatal(err)
	}
	if conn, err := pgx.Connect(t.Context(), database); err == nil {
		_ = conn.Close(t.Context())
		t.Error("a server that is down takes connections")
	}
	if err := s.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	connect(t, database)
}

func TestServer_Frozen_AnswersNobodyUntilItThaws(t *testing.T) {
	s := own(t)
	database := s.NewDatabase(t)
	before := connect(t, database)
	execute(t, before, "CREATE TABLE kept (n int)")
	if err := s.Freeze(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked := make(chan error, 1)
	go func() {
		_, err := before.Exec(t.Context(), "INSERT INTO kept VALUES (7)")
		asked <- err
	}()
	brief, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if conn, err := pgx.Connect(brief, database); err == nil {
		_ = conn.Close(t.Context())
		t.Error("a frozen server lets somebody in")
	}
	select {
	case err := <-asked:
		t.Errorf("a frozen server answered: %v", err)
	default:
	}
	if err := s.Thaw(); err != nil {
		t.Fatal(err)
	}
	if err := await.Value(t, asked); err != nil {
		t.Error(err)
	}
}
