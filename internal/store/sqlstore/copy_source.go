package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// readRows are the rows of a table as PostgreSQL has them. It is a pgx.CopyFromSource.
type readRows struct {
	ctx    context.Context
	rows   *sql.Rows
	types  []string
	digest digest
	values []any
	err    error
}

func (s *source) rows(ctx context.Context, table copiedTable) (*readRows, error) {
	rows, err := s.engine.writer.conn.QueryContext(ctx, `SELECT `+table.list()+` FROM `+table.name) //nolint:rowserrcheck // Next does
	if err != nil {
		return nil, sqliteError(ctx, err)
	}
	return &readRows{ctx: ctx, rows: rows, types: table.types}, nil
}

func (r *readRows) close() { _ = r.rows.Close() }

func (r *readRows) Next() bool {
	if !r.rows.Next() {
		r.err = sqliteError(r.ctx, r.rows.Err())
		return false
	}
	cells, into := make([]any, len(r.types)), make([]any, len(r.types))
	for n := range cells {
		into[n] = &cells[n]
	}
	if r.err = sqliteError(r.ctx, r.rows.Scan(into...)); r.err != nil {
		return false
	}
	for n, cell := range cells {
		if cells[n], r.err = inPostgres(r.types[n], cell); r.err != nil {
			return false
		}
	}
	r.values = cells
	r.digest.add(cells)
	return true
}

func (r *readRows) Values() ([]any, error) { return r.values, nil }

func (r *readRows) Err() error { return r.err }

// inPostgres is a value of SQLite, which knows few types, as one of a type of PostgreSQL.
func inPostgres(as string, value any) (any, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil //nolint:nilnil // it is NULL
	case int64:
		if as == "boolean" {
			return v != 0, nil
		}
		return v, nil
	case string:
		return ofText(as, v)
	case []byte:
		if as == "text" {
			return string(v), nil
		}
		return v, nil
	default:
		return nil, fmt.Errorf("a value of the type %T stands where %s is", value, as)
	}
}

func ofText(as, text string) (any, error) {
	switch as {
	case "timestamp with time zone":
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil, fmt.Errorf("a time is not written as one")
		}
		return at, nil
	case "bytea":
		return []byte(text), nil
	default:
		return text, nil
	}
}

// lastID is the last number that the table gave out: SQLite remembers that of one whose rows may all be gone.
func (s *source) lastID(ctx context.Context, table copiedTable) (last int64, err error) {
	err = s.engine.writer.conn.QueryRowContext(ctx, `SELECT max(coalesce((SELECT max(`+table.identity+`) FROM `+table.name+`), 0),
		coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0))`, table.name).Scan(&last)
	return last, sqliteError(ctx, err)
}
