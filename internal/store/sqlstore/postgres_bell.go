package sqlstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresLook is how often the table is looked at although nothing rang, in case a ring got lost on the way; postgresPause is the
// time between two looks, since any login may ring as often as it likes.
const (
	postgresLook  = 30 * time.Second
	postgresPause = 20 * time.Millisecond
)

// postgresBell is a connection that listens. It rings by the triggers' NOTIFY, which says no more than that.
type postgresBell struct {
	conn *pgx.Conn
	rang time.Time
}

func (e *postgresEngine) bell(ctx context.Context) (bell, error) {
	conn, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return nil, postgresError(ctx, err)
	}
	b := &postgresBell{conn: conn, rang: time.Now()}
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
		return b.pause(ctx)
	} else if patience.Err() == nil || ctx.Err() != nil {
		return postgresError(ctx, err)
	}
	alive, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return postgresError(ctx, b.conn.Ping(alive))
}

// pause swallows what rings again at once. A ring after a pause is answered without one.
func (b *postgresBell) pause(ctx context.Context) (err error) {
	pause, cancel := context.WithDeadline(ctx, b.rang.Add(postgresPause))
	defer cancel()
	for pause.Err() == nil && err == nil {
		_, err = b.conn.WaitForNotification(pause)
	}
	b.rang = time.Now()
	if pause.Err() != nil {
		err = ctx.Err()
	}
	return postgresError(ctx, err)
}

func (b *postgresBell) close() {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	_ = b.conn.Close(ctx)
}
