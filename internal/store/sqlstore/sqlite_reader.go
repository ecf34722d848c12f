package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// sqliteReaders is how many reads run beside the one writer. They are short, and more would only hold memory.
const sqliteReaders = 4

// sqliteReader is the connections for reading, which never wait for the writer. As with the writer's, their statements are compiled
// once: of a read of one row, compiling is half the time.
type sqliteReader struct {
	db    *sql.DB
	mu    sync.Mutex
	known map[string]*sql.Stmt
}

func openReader(source string) (*sqliteReader, error) {
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(sqliteReaders)
	db.SetMaxIdleConns(sqliteReaders)
	return &sqliteReader{db: db, known: map[string]*sql.Stmt{}}, nil
}

func (r *sqliteReader) run(ctx context.Context, s statement) error {
	stmt, err := r.compile(ctx, s.text) //nolint:sqlclosecheck // it stays compiled until the reader is closed
	if err != nil {
		return sqliteError(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, s.args...)
	if err != nil {
		return sqliteError(ctx, err)
	}
	return eachRow(ctx, rows, s.each)
}

// compile does not keep others waiting while it compiles. Two that compile the same statement at once keep one of the two.
func (r *sqliteReader) compile(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt := r.get(text); stmt != nil {
		return stmt, nil
	}
	stmt, err := r.db.PrepareContext(ctx, sqliteText.Replace(text))
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if first := r.known[text]; first != nil {
		return first, stmt.Close() //nolint:sqlclosecheck // only this one of the two
	}
	r.known[text] = stmt
	return stmt, nil
}

func (r *sqliteReader) get(text string) *sql.Stmt {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[text]
}

func (r *sqliteReader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, stmt := range r.known {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, r.db.Close())...)
}
