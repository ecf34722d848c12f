package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// open takes the address that --store takes. No error quotes it: it may hold a password.
func open(address string) (*sql.DB, error) {
	scheme, _, _ := strings.Cut(address, "://")
	switch scheme {
	case "sqlite":
		return openSQLite(address)
	case "postgres", "postgresql":
		return sql.Open("pgx", address)
	default:
		return nil, errors.New("the address begins neither with sqlite:// nor with postgres://\n" + usage)
	}
}

// openSQLite never creates the file. Foreign keys are checked only where each connection asks for it, and a writer of
// another process is waited for only where each connection says how long.
func openSQLite(address string) (*sql.DB, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || u.Path == "" {
		return nil, errors.New("write the address of a file with three slashes, as in sqlite:///path/accounts.db")
	}
	if _, err := os.Stat(u.Path); err != nil {
		return nil, fmt.Errorf("the store's file: %w", err)
	}
	file := url.URL{Path: u.Path}
	return sql.Open("sqlite", "file:"+file.EscapedPath()+"?mode=rw&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)")
}
