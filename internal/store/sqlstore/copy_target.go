package sqlstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// copyIdle is how long the server waits for a copy that says nothing.
const copyIdle = time.Minute

// target is a database that is written in one transaction.
type target struct {
	engine *postgresEngine
	conn   *pgx.Conn
}

// openTarget gives the database its schema.
func openTarget(ctx context.Context, address string, o Options) (_ *target, err error) {
	made, err := openPostgres(ctx, address, o)
	if err != nil {
		return nil, err
	}
	e := made.(*postgresEngine)
	t := &target{engine: e}
	defer func() {
		if err != nil {
			t.close() //nolint:contextcheck // it has to run when the context is over
		}
	}()
	if err := (&Store{engine: e, sealer: o.Sealer}).migrate(ctx); err != nil {
		return nil, doing("bringing the schema of the database up to date", err)
	}
	config := e.pool.Config().ConnConfig
	limits(config, 0, copyIdle)
	if t.conn, err = pgx.ConnectConfig(ctx, config); err != nil {
		return nil, postgresError(ctx, err)
	}
	return t, nil
}

func (t *target) close() {
	if t.conn != nil {
		closeConn(t.conn)
	}
	_ = t.engine.close()
}

func (t *target) exec(ctx context.Context, text string, args ...any) error {
	_, err := t.conn.Exec(ctx, text, args...)
	return postgresError(ctx, err)
}

// take writes everything, looks whether it is what was read, and commits it once the source is retired.
func (t *target) take(ctx context.Context, from *source, step func(string)) (done Copied, err error) {
	tables, err := t.begin(ctx)
	if err != nil {
		return done, err
	}
	if done.Before, err = t.isDone(ctx, from, tables); err != nil || done.Before {
		return done, err
	}
	for _, table := range tables {
		step(table.name)
		rows, err := t.copy(ctx, from, table)
		if err != nil {
			return done, doing("the table "+table.name, err)
		}
		done.Rows, done.Tables = done.Rows+rows, done.Tables+1
	}
	if err := t.finish(ctx, from, tables); err != nil {
		return done, err
	}
	step("retire")
	if err := from.retire(ctx); err != nil {
		return done, err
	}
	step("commit")
	return done, t.exec(ctx, `COMMIT`)
}

// begin has triggers do nothing: what they would do was done when the rows were written first. And nobody else writes the tables until the end.
func (t *target) begin(ctx context.Context) ([]copiedTable, error) {
	if err := t.exec(ctx, `BEGIN`); err != nil {
		return nil, err
	}
	tables, err := t.tables(ctx)
	if err != nil {
		return nil, err
	}
	for _, table := range tables {
		if err := t.exec(ctx, `ALTER TABLE `+table.name+` DISABLE TRIGGER USER`); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func (t *target) isDone(ctx context.Context, from *source, tables []copiedTable) (before bool, err error) {
	var id string
	if err := t.conn.QueryRow(ctx, `SELECT store_id FROM identity`).Scan(&id); err != nil {
		return false, postgresError(ctx, err)
	}
	var filled []string
	for _, table := range tables {
		var some bool
		if err := t.conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM `+table.name+`)`).Scan(&some); err != nil {
			return false, postgresError(ctx, err)
		}
		if some && !table.single {
			filled = append(filled, table.name)
		}
	}
	return from.check(id, filled)
}

// copy returns how many rows the table has.
func (t *target) copy(ctx context.Context, from *source, table copiedTable) (rows int, err error) {
	if table.single {
		if err := t.exec(ctx, `DELETE FROM `+table.name); err != nil {
			return 0, err
		}
	}
	read, err := from.rows(ctx, table)
	if err != nil {
		return 0, err
	}
	defer read.close()
	if _, err := t.conn.CopyFrom(ctx, pgx.Identifier{table.name}, table.columns, read); err != nil {
		return 0, postgresError(ctx, err)
	}
	var written digest
	there, err := t.conn.Query(ctx, `SELECT `+table.list()+` FROM `+table.name)
	if err != nil {
		return 0, postgresError(ctx, err)
	}
	defer there.Close()
	for there.Next() {
		values, err := there.Values()
		if err != nil {
			return 0, postgresError(ctx, err)
		}
		written.add(values)
	}
	if err := there.Err(); err != nil {
		return 0, postgresError(ctx, err)
	}
	if written != read.digest {
		return 0, errCopyDiffers(table.name)
	}
	return written.rows, nil
}

// finish has triggers run and IDs go on where the source was.
func (t *target) finish(ctx context.Context, from *source, tables []copiedTable) error {
	for _, table := range tables {
		if err := t.exec(ctx, `ALTER TABLE `+table.name+` ENABLE TRIGGER USER`); err != nil {
			return err
		}
		if table.identity == "" {
			continue
		}
		last, err := from.lastID(ctx, table)
		if err != nil {
			return err
		}
		if last == 0 {
			continue
		}
		if err := t.exec(ctx, `SELECT setval(pg_get_serial_sequence($1, $2), $3)`, table.name, table.identity, last); err != nil {
			return err
		}
	}
	return nil
}
