package sqlstore

import (
	"context"
	"database/sql"
	"time"
)

// sqliteLook is how often the file is asked whether anybody committed: some microseconds each.
const sqliteLook = 200 * time.Millisecond

// sqliteNotifier notifies when any connection, of this process or another, has committed since it last did.
type sqliteNotifier struct {
	conn   *sql.Conn // data_version is relative to what this connection saw before
	stmt   *sql.Stmt
	db     *sql.DB
	ticker *time.Ticker
	seen   int64
}

func (e *sqliteEngine) notifier(ctx context.Context) (notifier, error) {
	db, err := sql.Open("sqlite", e.source("_pragma=query_only(1)"))
	if err != nil {
		return nil, sqliteError(ctx, err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		_ = db.Close()
		return nil, sqliteError(ctx, err)
	}
	n := &sqliteNotifier{conn: conn, db: db, ticker: time.NewTicker(sqliteLook)}
	if n.stmt, err = conn.PrepareContext(ctx, `PRAGMA data_version`); err != nil {
		n.close()
		return nil, sqliteError(ctx, err)
	}
	if err := n.look(ctx); err != nil {
		n.close()
		return nil, err
	}
	return n, nil
}

func (n *sqliteNotifier) wait(ctx context.Context) error {
	for last := n.seen; n.seen == last; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-n.ticker.C:
		}
		if err := n.look(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (n *sqliteNotifier) look(ctx context.Context) error {
	return sqliteError(ctx, n.stmt.QueryRowContext(ctx).Scan(&n.seen))
}

func (n *sqliteNotifier) close() {
	n.ticker.Stop()
	if n.stmt != nil {
		_ = n.stmt.Close()
	}
	_ = n.conn.Close()
	_ = n.db.Close()
}
