package sqlstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// rollbackTimeout bounds the wait for a server that no longer answers; its own timeouts end the transaction then.
const rollbackTimeout = 3 * time.Second

// postgresTransaction sends BEGIN with its first batch and COMMIT with its last, so that most writes are two round trips.
type postgresTransaction struct {
	engine *postgresEngine
	conn   *pgxpool.Conn
	as     author
	begun  bool
	done   bool
}

func (t *postgresTransaction) run(ctx context.Context, steps ...statement) error {
	defer t.engine.watch(ctx, t.conn.Conn(), t.engine.idle, false)()
	return send(ctx, t.conn.Conn(), t.opened(steps))
}

// commit sends everything at once: after a statement that fails the server skips the rest, the COMMIT too.
func (t *postgresTransaction) commit(ctx context.Context, steps ...statement) error {
	stop := t.engine.watch(ctx, t.conn.Conn(), t.engine.idle, false)
	err := send(ctx, t.conn.Conn(), append(t.opened(steps), exec(`COMMIT`)))
	stop()
	if err != nil {
		return err
	}
	t.done = true
	t.conn.Release()
	return nil
}

// opened puts what begins the transaction before its first statement. By the setting, which ends with the transaction, the
// triggers see who writes.
func (t *postgresTransaction) opened(steps []statement) []statement {
	if t.begun {
		return steps
	}
	t.begun = true
	opening := []statement{exec(`BEGIN ISOLATION LEVEL READ COMMITTED`)}
	if t.as.Len() > 0 {
		opening = append(opening, exec(`SELECT set_config('account_operator.writer', $1, true)`, string(t.as.Reveal())))
	}
	return append(opening, steps...)
}

// rollback works also when the context of the call is over. A connection that is still in a transaction after it is
// thrown away by the pool.
func (t *postgresTransaction) rollback() {
	if t.done {
		return
	}
	t.done = true
	if t.begun && !t.conn.Conn().IsClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
		defer cancel()
		_, _ = t.conn.Exec(ctx, `ROLLBACK`)
	}
	t.conn.Release()
}

// send runs steps in one round trip.
func send(ctx context.Context, conn *pgx.Conn, steps []statement) (err error) {
	batch := &pgx.Batch{}
	for _, s := range steps {
		batch.Queue(s.text, s.args...)
	}
	results := conn.SendBatch(ctx, batch)
	defer func() {
		if e := results.Close(); err == nil {
			err = postgresError(ctx, e)
		}
	}()
	for _, s := range steps {
		if err := receive(ctx, results, s); err != nil {
			return err
		}
	}
	return nil
}

func receive(ctx context.Context, results pgx.BatchResults, s statement) error {
	if s.each == nil {
		_, err := results.Exec()
		return postgresError(ctx, err)
	}
	rows, err := results.Query()
	if err != nil {
		return postgresError(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := s.each(rows); err != nil {
			return err
		}
	}
	return postgresError(ctx, rows.Err())
}
