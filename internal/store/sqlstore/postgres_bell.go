package sqlstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresLook is how often the table is looked at although nothing rang, in case a ring got lost on the way.
const postgresLook = 30 * time.Second

// postgresBell is a connection that listens. It rings by the triggers' NOTIFY, which says no more than that.
type postgresBell struct{ conn *pgx.Conn }

func (e *postgresEngine) bell(ctx context.Context) (bell, error) {
	conn, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return nil, postgresError(ctx, err)
	}
	b := &postgresBell{conn: conn}
	if _, err := conn.Exec(ctx, `LISTEN account_operator`); err != nil {
		b.close() //nolint:contextcheck // it has to run when the context is over
		return nil, postgresError(ctx, err)
	}
	return b, nil
}

// wait asks the server for a sign of life when nothing rang: a connection that died silently ends the feed.
func (b *postgresBell) wait(ctx context.Context) error {
	patience, cancel := context.WithTimeout(ctx, postgresLook)
	defer cancel()
	if _, err := b.conn.WaitForNotification(patience); err == nil {
		return nil
	} else if patience.Err() == nil || ctx.Err() != nil {
		return postgresError(ctx, err)
	}
	alive, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return postgresError(ctx, b.conn.Ping(alive))
}

func (b *postgresBell) close() {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	_ = b.conn.Close(ctx)
}
