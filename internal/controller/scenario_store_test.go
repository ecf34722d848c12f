package controller

import (
	"database/sql"
)

// foreign runs SQL as another program would, on a connection of its own.
func (s *scenario) foreign(query string, args ...any) {
	s.Helper()
	db := s.openSQL()
	defer func() { _ = db.Close() }()
	_, err := db.Exec(query, args...)
	s.must(err)
}

// count returns the one number that the query gives.
func (s *scenario) count(query string, args ...any) int {
	s.Helper()
	db := s.openSQL()
	defer func() { _ = db.Close() }()
	var n int
	s.must(db.QueryRow(query, args...).Scan(&n))
	return n
}

func (s *scenario) openSQL() *sql.DB {
	s.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)")
	s.must(err)
	return db
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
