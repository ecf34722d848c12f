package scenarios

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// openStore opens the scenario's store as a manager does, or as those do that work beside one.
func (s *scenario) openStore(ctx context.Context, beside bool) *sqlstore.Store {
	s.Helper()
	sealer, err := seal.Load(s.keyset)
	s.must(err)
	address := s.server
	if address == "" {
		address = "sqlite://" + s.path
	}
	opened, err := sqlstore.Open(ctx, address, sqlstore.Options{Sealer: sealer, RecoveryWindow: time.Hour, WithoutLock: beside})
	s.must(err)
	return opened
}

// foreign runs SQL as another program would, on a connection of its own.
func (s *scenario) foreign(query string, args ...any) {
	s.Helper()
	db := s.openSQL()
	defer func() { _ = db.Close() }()
	_, err := db.Exec(s.dialect(query), args...)
	s.must(err)
}

// signs gives an object's status the signature of a manager.
func (s *scenario) signs(obj client.Object) {
	s.Helper()
	db := s.openSQL()
	defer func() { _ = db.Close() }()
	var key []byte
	s.must(db.QueryRow(`SELECT value FROM status_key`).Scan(&key))
	status.NewSigner(store.NewSecret(key)).Sign(obj)
}

// count returns the one number that the query gives.
func (s *scenario) count(query string, args ...any) int {
	s.Helper()
	db := s.openSQL()
	defer func() { _ = db.Close() }()
	var n int
	s.must(db.QueryRow(s.dialect(query), args...).Scan(&n))
	return n
}

func (s *scenario) openSQL() *sql.DB {
	s.Helper()
	driver, source := "sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)"
	if s.server != "" {
		driver, source = "pgx", s.server
	}
	db, err := sql.Open(driver, source)
	s.must(err)
	return db
}

// dialect numbers what a query leaves open, where the dialect wants that.
func (s *scenario) dialect(query string) string {
	if s.server == "" {
		return query
	}
	for n := 1; strings.Contains(query, "?"); n++ {
		query = strings.Replace(query, "?", fmt.Sprintf("$%d", n), 1)
	}
	return query
}

// variables reads the account's variables as another set of the account would see them.
func (s *scenario) names(email string) []string {
	s.Helper()
	db := s.openSQL()
	defer func() { _ = db.Close() }()
	rows, err := db.Query(`SELECT v.name FROM env_vars v JOIN accounts a ON a.id = v.account_id
		WHERE a.email = ? AND a.deleted_at IS NULL ORDER BY v.name`, email)
	s.must(err)
	defer func() { _ = rows.Close() }()
	names := []string{}
	for rows.Next() {
		var n string
		s.must(rows.Scan(&n))
		names = append(names, n)
	}
	s.must(rows.Err())
	return names
}
