package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// newestVersion is the schema this binary knows.
var newestVersion = func() (version int64) {
	files, err := migrations.ReadDir("migrations/sqlite")
	if err == nil {
		version, err = goose.NumericComponent(files[len(files)-1].Name())
	}
	if err != nil {
		panic(err) // it is the program's own
	}
	return version
}()

// Migrate brings the schema up to date and puts the key check into a new store. Several managers may call it at once.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.migrate(ctx); err != nil {
		return doing("bringing the schema of the store up to date", err)
	}
	return s.ensureSeal(ctx)
}

func (s *Store) migrate(ctx context.Context) (err error) {
	version, err := s.version(ctx)
	if err != nil || version == newestVersion {
		return err
	}
	if version > newestVersion {
		return newerSchema(version)
	}
	m, err := s.engine.migrations(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.release()) }()
	all, err := schemaChanges("migrations/" + s.engine.name())
	if err != nil {
		return err
	}
	// It refuses two files of one number, as two changes that land at once may bring.
	provider, err := goose.NewProvider(m.dialect, m.db, nil, goose.WithGoMigrations(all...), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	// What goose says quotes our own migrations, never a row.
	_, err = provider.Up(m.ctx)
	return err
}

// schemaChanges are the files of a folder. Each is handed to the database whole: both take many statements at once, and goose would go
// through every line with a buffer of 4 MiB, which was a sixth of what a test of a controller costs.
func schemaChanges(folder string) (all []*goose.Migration, err error) {
	files, err := fs.Glob(migrations, folder+"/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, err
		}
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		up := func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, string(text))
			return err
		}
		all = append(all, goose.NewGoMigration(version, &goose.GoFunc{RunTx: up}, nil))
	}
	return all, nil
}

// version is 0 for an empty database. The table is goose's.
func (s *Store) version(ctx context.Context) (version int64, err error) {
	var exists bool
	scan := func(into any) func(row) error { return func(r row) error { return r.Scan(into) } }
	if err := s.engine.read(ctx, query(scan(&exists), s.engine.hasTable(), goose.DefaultTablename)); err != nil {
		return 0, doing("looking at the schema of the store", err)
	}
	if !exists {
		return 0, nil
	}
	err = s.engine.read(ctx, query(scan(&version), `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`))
	return version, doing("looking at the schema of the store", err)
}

func newerSchema(version int64) error {
	if version == retiredVersion {
		return retiredStore()
	}
	return startupError(
		fmt.Sprintf("the schema of the store has version %d and this binary knows %d", version, newestVersion),
		"use the newer binary, or restore a backup made before the upgrade")
}
