package sqlstore

import (
	"context"
	"database/sql"
	"errors"
)

// sqliteWriter is the one connection that writes. Its statements are compiled once: compiling is half the time of a small one.
type sqliteWriter struct {
	db    *sql.DB
	conn  *sql.Conn
	turn  chan struct{} // holds one token: whoever has it uses conn and known
	known map[string]*sql.Stmt
}

func openWriter(ctx context.Context, source string) (*sqliteWriter, error) {
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	w := &sqliteWriter{db: db, conn: conn, turn: make(chan struct{}, 1), known: map[string]*sql.Stmt{}}
	w.turn <- struct{}{}
	return w, nil
}

func (w *sqliteWriter) begin(ctx context.Context, as author) (transaction, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-w.turn:
	}
	tx := &sqliteTransaction{writer: w, as: as}
	// At once with the right to write: a transaction that reads first and then wants to write can be refused.
	if err := tx.step(ctx, exec(`BEGIN IMMEDIATE`)); err != nil {
		tx.rollback() //nolint:contextcheck // it has to run when the context is over
		return nil, err
	}
	return tx, nil
}

func (w *sqliteWriter) compile(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt := w.known[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(ctx, sqliteStatement(text))
	if err == nil {
		w.known[text] = stmt
	}
	return stmt, err
}

// close waits for the transaction under way. Whoever begins one later gets an error.
func (w *sqliteWriter) close() error {
	<-w.turn
	defer func() { w.turn <- struct{}{} }()
	var errs []error
	for _, stmt := range w.known {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, w.conn.Close(), w.db.Close())...)
}

type sqliteTransaction struct {
	writer *sqliteWriter
	as     author
	done   bool
}

func (t *sqliteTransaction) run(ctx context.Context, steps ...statement) error {
	for _, s := range steps {
		if err := t.step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// commit lets the triggers know, through the writer table, when what comes is ours. It no longer obeys ctx for the
// last step, so that its answer is certain.
func (t *sqliteTransaction) commit(ctx context.Context, steps ...statement) error {
	last := []statement{exec(`COMMIT`)}
	if t.as.Len() > 0 {
		steps = append([]statement{exec(`UPDATE writer SET own = 1`)}, steps...)
		last = []statement{exec(`UPDATE writer SET own = 0`), exec(`COMMIT`)}
	}
	if err := t.run(ctx, steps...); err != nil {
		return err
	}
	if err := t.run(context.WithoutCancel(ctx), last...); err != nil {
		return err
	}
	t.end()
	return nil
}

// rollback may find no transaction, when SQLite ended it itself after a fault of the disk.
func (t *sqliteTransaction) rollback() {
	if !t.done {
		_, _ = t.writer.conn.ExecContext(context.Background(), `ROLLBACK`)
		t.end()
	}
}

func (t *sqliteTransaction) end() {
	t.done = true
	t.writer.turn <- struct{}{}
}

func (t *sqliteTransaction) step(ctx context.Context, s statement) error {
	stmt, err := t.writer.compile(ctx, s.text) //nolint:sqlclosecheck // it stays compiled until the writer is closed
	if err != nil {
		return sqliteError(ctx, err)
	}
	if s.each == nil {
		_, err := stmt.ExecContext(ctx, s.args...)
		return sqliteError(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, s.args...)
	if err != nil {
		return sqliteError(ctx, err)
	}
	return eachRow(ctx, rows, s.each)
}
