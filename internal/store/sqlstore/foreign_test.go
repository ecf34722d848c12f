package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
)

// foreign is another program at the same database: it knows the tables and nothing else.
type foreign struct {
	ctx context.Context
	db  *sql.DB
}

func openForeign(t testing.TB, driver, source string) foreign {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return foreign{ctx: context.WithoutCancel(t.Context()), db: db}
}

func (f foreign) exec(query string, args ...any) error {
	_, err := f.db.ExecContext(f.ctx, query, args...)
	return err
}

func (f foreign) rows(query string, args ...any) (all [][]string, err error) {
	rows, err := f.db.QueryContext(f.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		cells, into := make([]any, len(columns)), make([]any, len(columns))
		for n := range cells {
			into[n] = &cells[n]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		line := make([]string, len(cells))
		for n, cell := range cells {
			if b, ok := cell.([]byte); ok {
				cell = string(b)
			}
			line[n] = fmt.Sprint(cell)
		}
		all = append(all, line)
	}
	return all, rows.Err()
}
