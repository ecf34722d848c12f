package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/account-operator/account-operator/test/bench/report"
)

// witness counts the rows that anybody writes to the store, by triggers on its tables. They make writes dearer, so it is
// called only where none are expected.
type witness struct {
	ledger *ledger
	tables []string
}

// Who leads and what schema there is, is no work.
var bookkeeping = []string{"leaders", "writer", "goose_db_version"}

// witness comes when the subject has made its tables. It must be dismissed.
func (s *site) witness(ctx context.Context) (*witness, error) {
	l, err := s.ledger()
	if err != nil {
		return nil, err
	}
	w := &witness{ledger: l}
	if err := w.call(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("count what is written: %w", err), l.Close())
	}
	return w, nil
}

func (w *witness) call(ctx context.Context) (err error) {
	if w.tables, err = w.tablesThere(ctx); err != nil {
		return err
	}
	if err := w.exec(ctx, w.installation()); err != nil {
		return err
	}
	return w.prove(ctx)
}

func (w *witness) sqlite() bool { return w.ledger.of.Store == report.SQLite }

func (w *witness) tablesThere(ctx context.Context) (names []string, err error) {
	query := `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	if w.sqlite() {
		query = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	}
	rows, err := w.ledger.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		if !slices.Contains(bookkeeping, name) {
			names = append(names, name)
		}
	}
	return names, rows.Err()
}

func (w *witness) installation() []string {
	all := []string{`CREATE TABLE bench_written (what TEXT)`}
	if w.sqlite() {
		w.eachTrigger(func(trigger, verb, table string) {
			all = append(all, fmt.Sprintf(`CREATE TRIGGER %s AFTER %s ON %s BEGIN INSERT INTO bench_written VALUES ('%s'); END`, trigger, verb, table, table))
		})
		return all
	}
	all = append(all, `CREATE FUNCTION bench_write() RETURNS trigger LANGUAGE plpgsql
		AS $$BEGIN INSERT INTO bench_written VALUES (TG_TABLE_NAME); RETURN NULL; END$$`)
	for _, table := range w.tables {
		all = append(all, fmt.Sprintf(`CREATE TRIGGER bench_write AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION bench_write()`, table))
	}
	return all
}

// eachTrigger names those of SQLite, which has one for each verb.
func (w *witness) eachTrigger(do func(trigger, verb, table string)) {
	for _, table := range w.tables {
		for _, verb := range []string{"insert", "update", "delete"} {
			do("bench_"+table+"_"+verb, verb, table)
		}
	}
}

// prove writes a row and takes it back: a witness that sees nothing is none.
func (w *witness) prove(ctx context.Context) error {
	tx, err := w.ledger.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	table, key := w.ledger.values()
	done, err := tx.ExecContext(ctx, fmt.Sprintf(
		`UPDATE %s SET version = version + 1 WHERE (%s, name) IN (SELECT %s, name FROM %s LIMIT 1)`, table, key, key, table))
	if err != nil {
		return err
	}
	var seen int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM bench_written WHERE what = '`+table+`'`).Scan(&seen); err != nil {
		return err
	}
	if written, err := done.RowsAffected(); err != nil || written == 0 || int64(seen) != written {
		return errors.Join(fmt.Errorf("%d rows were written on trial and %d seen", written, seen), err)
	}
	return nil
}

// rows is how many were written so far.
func (w *witness) rows(ctx context.Context) (n int, err error) {
	err = w.ledger.QueryRowContext(ctx, `SELECT count(*) FROM bench_written`).Scan(&n)
	return n, err
}

// dismiss leaves the store as it was.
func (w *witness) dismiss(ctx context.Context) error {
	all := []string{`DROP FUNCTION bench_write() CASCADE`}
	if w.sqlite() {
		all = nil
		w.eachTrigger(func(trigger, _, _ string) { all = append(all, `DROP TRIGGER `+trigger) })
	}
	return errors.Join(w.exec(ctx, append(all, `DROP TABLE bench_written`)), w.ledger.Close())
}

func (w *witness) exec(ctx context.Context, statements []string) error {
	for _, statement := range statements {
		if _, err := w.ledger.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
