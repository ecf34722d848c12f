package sqlstore

import (
	"context"
	"database/sql"
	"time"
)

// sqliteLook is how often the file is asked whether anybody committed: some microseconds each.
const sqliteLook = 200 * time.Millisecond

// sqliteBell rings when any connection, of this process or another, has committed since it last rang.
type sqliteBell struct {
	conn   *sql.Conn // data_version is told relative to what this connection saw before
	stmt   *sql.Stmt
	db     *sql.DB
	ticker *time.Ticker
	seen   int64
}

func (e *sqliteEngine) bell(ctx context.Context) (bell, error) {
	db, err := sql.Open("sqlite", e.source("_pragma=query_only(1)"))
	if err != nil {
		return nil, sqliteError(ctx, err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		_ = db.Close()
		return nil, sqliteError(ctx, err)
	}
	b := &sqliteBell{conn: conn, db: db, ticker: time.NewTicker(sqliteLook)}
	if b.stmt, err = conn.PrepareContext(ctx, `PRAGMA data_version`); err != nil {
		b.close()
		return nil, sqliteError(ctx, err)
	}
	if err := b.look(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *sqliteBell) wait(ctx context.Context) error {
	for last := b.seen; b.seen == last; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.ticker.C:
		}
		if err := b.look(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *sqliteBell) look(ctx context.Context) error {
	return sqliteError(ctx, b.stmt.QueryRowContext(ctx).Scan(&b.seen))
}

func (b *sqliteBell) close() {
	b.ticker.Stop()
	if b.stmt != nil {
		_ = b.stmt.Close()
	}
	_ = b.conn.Close()
	_ = b.db.Close()
}
