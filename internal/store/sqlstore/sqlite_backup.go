package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Backup writes a copy of an SQLite store as one file, whole as of one moment, beside a manager that goes on writing. The folder
// of the store needs room for it. PostgreSQL has programs of its own for that.
func (s *Store) Backup(ctx context.Context, to io.Writer) error {
	e, file := s.engine.(*sqliteEngine)
	if !file {
		return startupError("only an SQLite store is copied like this", "use pg_dump")
	}
	return doing("copying the store", e.backup(ctx, to))
}

func (e *sqliteEngine) backup(ctx context.Context, to io.Writer) (err error) {
	// Made beforehand, it is its owner's alone; SQLite fills a file that is empty.
	made, err := os.CreateTemp(filepath.Dir(e.path), filepath.Base(e.path)+".copy-*")
	if err != nil {
		return fmt.Errorf("the folder of the store takes no file: %w", err)
	}
	defer func() { err = errors.Join(err, made.Close(), os.Remove(made.Name())) }()
	db, err := sql.Open("sqlite", e.source(""))
	if err != nil {
		return sqliteError(ctx, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, made.Name()); err != nil {
		return sqliteError(ctx, err)
	}
	_, err = io.Copy(to, made)
	return err
}
