package sqlstore

import (
	"context"
	"fmt"
	"strings"
)

// Copied says what a copy did.
type Copied struct {
	Rows, Tables int
	// Before says that an earlier call had done it.
	Before bool
}

// Copy brings an SQLite store into a PostgreSQL database, as it is, with its identity, and retires it: no manager opens it any more. It takes the
// place of the manager at the file, and keeps others from writing it. The database is empty, or has an empty schema. step is
// called before each step. Killed at any point, either nothing has happened, or the same call finishes it: what it writes is committed at once, after
// the file is retired.
func Copy(ctx context.Context, from, to string, o Options, step func(string)) (Copied, error) {
	if !strings.HasPrefix(from, "sqlite:") || !strings.HasPrefix(to, "postgres") {
		return Copied{}, startupError("a store is copied from SQLite to PostgreSQL only", "for copies of one kind see docs/operations.md")
	}
	source, err := openSource(ctx, from, o)
	if err != nil {
		return Copied{}, err
	}
	defer source.close()
	target, err := openTarget(ctx, to, o)
	if err != nil {
		return Copied{}, unusable(err)
	}
	defer target.close() //nolint:contextcheck // it has to run when the context is over
	copied, err := target.take(ctx, source, step)
	return copied, doing("copying the store", err)
}

// source is a store that nobody else writes.
type source struct {
	*Store

	engine  *sqliteEngine
	id      string
	retired bool
	tx      transaction
}

func openSource(ctx context.Context, address string, o Options) (_ *source, err error) {
	path, err := sqlitePath(address)
	if err != nil {
		return nil, err
	}
	if _, err := prepareFile(path, true); err != nil { // it is there
		return nil, err
	}
	e, err := openSQLite(ctx, path, o)
	if err != nil {
		return nil, err
	}
	s := &source{Store: &Store{engine: e, sealer: o.Sealer}, engine: e}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	version, retired, err := s.schemaOf(ctx)
	if err != nil {
		return nil, err
	}
	if version != newestVersion {
		return nil, startupError(fmt.Sprintf("the schema of the store has version %d, and this binary copies %d", version, newestVersion),
			"run 'manager store migrate' of this version on it before, or the newer binary")
	}
	if _, err := s.checkSeal(ctx, version); err != nil {
		return nil, err
	}
	s.retired = retired
	if s.tx, err = e.begin(ctx, noLeader); err != nil { // from here on nobody writes
		return nil, err
	}
	return s, s.tx.run(ctx, query(func(r row) error { return r.Scan(&s.id) }, `SELECT store_id FROM identity`))
}

// schemaOf is the version of a store that may be retired.
func (s *source) schemaOf(ctx context.Context) (version int64, retired bool, err error) {
	if version, err = s.version(ctx); err != nil || version != retiredVersion {
		return version, false, err
	}
	err = s.engine.read(ctx, query(func(r row) error { return r.Scan(&version) },
		`SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied AND version_id < $1`, retiredVersion))
	return version, true, doing("looking at the schema of the store", err)
}

func (s *source) close() {
	if s.tx != nil {
		s.tx.rollback()
	}
	_ = s.engine.close()
}

// retire has no manager open the file any more.
func (s *source) retire(ctx context.Context) error {
	if s.retired {
		return nil
	}
	return s.tx.commit(ctx, retire)
}

// errCopyDiffers is what cannot be.
func errCopyDiffers(table string) error {
	return fmt.Errorf("what stands in the table %s of the copy is not what was read; nothing was changed", table)
}

// check says whether the copy is there already, and refuses what is not for it.
func (s *source) check(id string, rows []string) (before bool, err error) {
	switch {
	case id == s.id && s.retired:
		return true, nil
	case id == s.id:
		return false, startupError("the database has this store already, and the file is not retired",
			"one of the two is older: see which, and lead the managers there")
	case len(rows) > 0:
		return false, startupError("the database is not empty: another store has rows in "+strings.Join(rows, ", "), "name an empty database by --to")
	}
	return false, nil
}
