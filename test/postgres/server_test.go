package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/account-operator/account-operator/test/postgres"
)

var server *postgres.Server

func TestMain(m *testing.M) {
	os.Exit(postgres.Main(m.Run, postgres.Options{}, func(s *postgres.Server) { server = s }))
}

func connect(t *testing.T, database string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func ask[T any](t *testing.T, conn *pgx.Conn, query string) T {
	t.Helper()
	var answer T
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

func TestServer_Version_IsSupported(t *testing.T) {
	conn := connect(t, server.NewDatabase(t))
	if version := ask[int](t, conn, "SELECT current_setting('server_version_num')::int"); version < 150000 {
		t.Errorf("version %d", version)
	}
	if addresses := ask[string](t, conn, "SHOW listen_addresses"); addresses != "" {
		t.Errorf("it listens on %q", addresses)
	}
}

func TestDatabases_OfTwoTests_AreApart(t *testing.T) {
	first, second := connect(t, server.NewDatabase(t)), connect(t, server.NewDatabase(t))
	execute(t, first, "CREATE TABLE only_here (n int)")
	if found := ask[bool](t, second, "SELECT to_regclass('only_here') IS NOT NULL"); found {
		t.Error("one database's table is seen in another")
	}
}

func TestDatabase_TestEnds_IsGone(t *testing.T) {
	var inner string
	t.Run("inner", func(t *testing.T) {
		inner = server.NewDatabase(t)
		connect(t, inner)
	})
	if conn, err := pgx.Connect(t.Context(), inner); err == nil {
		_ = conn.Close(t.Context())
		t.Error("the database outlives its test")
	}
}

func TestServer_AnotherUser_DoesNotReachIt(t *testing.T) {
	database, err := url.Parse(server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(database.Query().Get("host"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o700 {
		t.Errorf("mode of its folder = %o, want 700", mode)
	}
}

func TestServer_Durable_MeansTheDisk(t *testing.T) {
	durable, err := postgres.Start(t.Context(), postgres.Options{Durable: true, Settings: []string{"work_mem=7MB"}})
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, durable.URL("postgres"))
	for setting, want := range map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "work_mem": "7MB",
	} {
		if got := ask[string](t, conn, "SHOW "+setting); got != want {
			t.Errorf("%s = %s, want %s", setting, got, want)
		}
	}
	if err := durable.Stop(); err != nil {
		t.Fatal(err)
	}
}

func TestServer_Stopped_LeavesNothing(t *testing.T) {
	s, err := postgres.Start(t.Context(), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	database, err := url.Parse(s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	folder := database.Query().Get("host")
	content, err := os.ReadFile(folder + "/data/postmaster.pid")
	if err != nil {
		t.Fatal(err)
	}
	var postmaster int
	if _, err := fmt.Sscan(strings.SplitN(string(content), "\n", 2)[0], &postmaster); err != nil {
		t.Fatal(err)
	}
	backend := ask[int](t, connect(t, database.String()), "SELECT pg_backend_pid()")

	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range []int{postmaster, backend} {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d after Stop: %v, want no such process", pid, err)
		}
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("folder after Stop: %v", err)
	}
}
