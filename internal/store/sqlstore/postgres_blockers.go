package sqlstore

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// overtakePatience is how long a former leader's transaction may go on after its successor has fenced it off.
	overtakePatience = time.Second
	// blockersTimeout bounds one look at who is in the way.
	blockersTimeout = 3 * time.Second
)

// overtake runs a transaction that waits for nobody but a former leader: whoever has a lock on a row of leaders has passed the fence
// before, or is another one that is taking the lead. The server has no time-out for a session that was cut off, or is frozen, in the
// middle of a batch, so that its successor ends it.
func (e *postgresEngine) overtake(ctx context.Context, steps ...statement) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return postgresError(ctx, err)
	}
	tx := &postgresTransaction{engine: e, conn: conn}
	defer tx.rollback()
	defer e.watch(ctx, conn.Conn(), overtakePatience, true)()
	return tx.commit(ctx, steps...)
}

// watch ends whoever holds conn up for longer than patience, until stop is called.
func (e *postgresEngine) watch(ctx context.Context, conn *pgx.Conn, patience time.Duration, former bool) (stop func()) {
	pid := conn.PgConn().PID()
	ctx, cancel := context.WithCancel(ctx)
	var looking sync.WaitGroup
	looking.Go(func() {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
				e.endBlockers(ctx, pid, patience, former)
				timer.Reset(patience)
			}
		}
	})
	return func() {
		cancel()
		looking.Wait()
	}
}

// blockers are the sessions that hold up the session $1. Of our own role it is one that has been silent in the middle of a transaction
// for $3 seconds, or, where $2, any. One of another role it is only where we may end such, by the role pg_signal_backend.
const blockers = `FROM unnest(pg_blocking_pids($1)) AS blocker (pid)
	JOIN pg_stat_activity a ON a.pid = blocker.pid JOIN pg_roles r ON r.oid = a.usesysid
	WHERE CASE WHEN r.rolname = current_user
		THEN $2 OR a.wait_event = 'ClientRead' AND greatest(a.query_start, a.state_change) < clock_timestamp() - make_interval(secs => $3)
		ELSE pg_has_role('pg_signal_backend', 'USAGE') AND NOT r.rolsuper AND a.wait_event_type IS DISTINCT FROM 'Lock' END`

// endBlockers uses a connection of its own, since those of the pool may all be held up. What it cannot do, the time-outs of the server
// and of the statement that waits are there for.
func (e *postgresEngine) endBlockers(ctx context.Context, pid uint32, silent time.Duration, former bool) {
	ctx, cancel := context.WithTimeout(ctx, blockersTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return
	}
	_, _ = conn.Exec(ctx, `SELECT pg_terminate_backend(a.pid) `+blockers, pid, former, silent.Seconds())
	_ = conn.Close(ctx)
}
