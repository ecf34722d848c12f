package main

import (
	"context"
	"database/sql"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// database keeps the values of sets, each in one transaction.
type database interface {
	put(ctx context.Context, set string, values map[string][]byte) error
	drop(ctx context.Context, set string) error
	close()
}

func open(ctx context.Context, address string) (database, error) {
	if path, found := strings.CutPrefix(address, "sqlite://"); found {
		return openSQLite(ctx, path)
	}
	return openPostgres(ctx, address)
}

// sqlite has one connection, since SQLite has one writer.
type sqlite struct {
	db     *sql.DB
	upsert *sql.Stmt
}

func openSQLite(ctx context.Context, path string) (*sqlite, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	const table = `CREATE TABLE IF NOT EXISTS floor (owner TEXT, name TEXT, value BLOB, version INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (owner, name))`
	if _, err := db.ExecContext(ctx, table); err != nil {
		return nil, err
	}
	upsert, err := db.PrepareContext(ctx, `INSERT INTO floor (owner, name, value) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET value = excluded.value, version = version + 1 WHERE value <> excluded.value`)
	return &sqlite{db, upsert}, err
}

func (s *sqlite) put(ctx context.Context, set string, values map[string][]byte) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	upsert := tx.StmtContext(ctx, s.upsert)
	defer func() { _ = upsert.Close() }()
	for name, value := range values {
		if _, err := upsert.ExecContext(ctx, set, name, value); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (s *sqlite) drop(ctx context.Context, set string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM floor WHERE owner = ?`, set)
	return err
}

func (s *sqlite) close() { _ = s.db.Close() }

type postgres struct{ pool *pgxpool.Pool }

func openPostgres(ctx context.Context, address string) (*postgres, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 10
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	_, err = pool.Exec(ctx, `CREATE TABLE IF NOT EXISTS floor (owner TEXT, name TEXT, value BYTEA, version INT NOT NULL DEFAULT 1, PRIMARY KEY (owner, name))`)
	return &postgres{pool}, err
}

// put is one statement, which is a transaction.
func (p *postgres) put(ctx context.Context, set string, values map[string][]byte) error {
	names, contents := make([]string, 0, len(values)), make([][]byte, 0, len(values))
	for name, value := range values {
		names, contents = append(names, name), append(contents, value)
	}
	_, err := p.pool.Exec(ctx, `INSERT INTO floor (owner, name, value) SELECT $1, * FROM unnest($2::text[], $3::bytea[])
		ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value, version = floor.version + 1
		WHERE floor.value <> excluded.value`, set, names, contents)
	return err
}

func (p *postgres) drop(ctx context.Context, set string) error {
	_, err := p.pool.Exec(ctx, `DELETE FROM floor WHERE owner = $1`, set)
	return err
}

func (p *postgres) close() { p.pool.Close() }
