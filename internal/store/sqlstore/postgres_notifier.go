package sqlstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresLook is how often the table is looked at although no notification came, in case one got lost on the way;
// postgresPause is the time between two looks, since any login may notify as often as it likes.
const (
	postgresLook  = 30 * time.Second
	postgresPause = 20 * time.Millisecond
)

// postgresNotifier is a connection that listens. The triggers' NOTIFY says no more than that something changed.
type postgresNotifier struct {
	conn *pgx.Conn
	last time.Time // notification
}

func (e *postgresEngine) notifier(ctx context.Context) (notifier, error) {
	conn, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return nil, postgresError(ctx, err)
	}
	n := &postgresNotifier{conn: conn, last: time.Now()}
	if _, err := conn.Exec(ctx, `LISTEN account_operator`); err != nil {
		n.close() //nolint:contextcheck // it has to run when the context is over
		return nil, postgresError(ctx, err)
	}
	return n, nil
}

// wait asks the server for a sign of life when no notification came: a connection that died silently ends the feed.
func (n *postgresNotifier) wait(ctx context.Context) error {
	patience, cancel := context.WithTimeout(ctx, postgresLook)
	defer cancel()
	if _, err := n.conn.WaitForNotification(patience); err == nil {
		return n.pause(ctx)
	} else if patience.Err() == nil || ctx.Err() != nil {
		return postgresError(ctx, err)
	}
	alive, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return postgresError(ctx, n.conn.Ping(alive))
}

// pause swallows notifications that follow at once. One after a pause is answered without a pause.
func (n *postgresNotifier) pause(ctx context.Context) (err error) {
	pause, cancel := context.WithDeadline(ctx, n.last.Add(postgresPause))
	defer cancel()
	for pause.Err() == nil && err == nil {
		_, err = n.conn.WaitForNotification(pause)
	}
	n.last = time.Now()
	if pause.Err() != nil {
		err = ctx.Err()
	}
	return postgresError(ctx, err)
}

func (n *postgresNotifier) close() {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	_ = n.conn.Close(ctx)
}
