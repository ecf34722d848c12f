package sqlstore

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// migrationName distinguishes the sessions that migrate, under the lock, from others of the same role.
const migrationName = "account-operator migration"

// migrationPulse is how often who holds the lock gives a sign of life, well within the time that the server waits for one.
const migrationPulse = 4 // in one idle time-out

// migrations holds a lock on a table until release, so that one manager at a time migrates. Statements may take as long as they like,
// but a manager that is frozen loses the lock: the server ends a session that is silent for too long in a transaction, and the next one
// to get the lock ends what is left of those before it.
func (e *postgresEngine) migrations(ctx context.Context) (*migrator, error) {
	config := e.pool.Config().ConnConfig
	limits(config, 0, e.idle)
	lock, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, postgresError(ctx, err)
	}
	if err := lockMigrations(ctx, lock); err != nil {
		closeConn(lock) //nolint:contextcheck // it has to run when the context is over
		if cause := (*pgconn.PgError)(nil); errors.As(err, &cause) && cause.Code == "42501" {
			return nil, startupError("the schema of the store is older than this binary, and the database user may not change it",
				"run `manager store migrate` as the owner of the tables, then `manager store roles`")
		}
		return nil, postgresError(ctx, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer cancel() // without the lock the migration ends
		for silent := e.idle / migrationPulse; sleep(ctx, silent) && lock.Ping(ctx) == nil; {
		}
	}()
	config.RuntimeParams["application_name"] = migrationName
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(underLock(lock.PgConn().PID())))
	return &migrator{ctx: ctx, db: db, dialect: goose.DialectPostgres, release: func() error {
		cancel()
		<-ended
		err := db.Close()
		closeConn(lock)
		return err
	}}, nil
}

// underLock refuses a session that would migrate although the lock is gone: who has it now cannot know of it.
func underLock(pid uint32) func(context.Context, *pgx.Conn) error {
	return func(ctx context.Context, conn *pgx.Conn) error {
		var held bool
		err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pid = $1 AND relation = to_regclass('migrating') AND granted)`,
			pid).Scan(&held)
		if err == nil && !held {
			err = errAgain
		}
		return err
	}
}

// made are what the server answers to IF NOT EXISTS when another session makes the same table at this moment: it is noticed by the
// index of a catalogue, by the type of the table's rows or by the table's name, whichever the server comes to first.
var made = []string{"23505", "42710", "42P07"}

// lockMigrations takes the lock, makes its table first where there is none, and ends the sessions of those who had it before: no other
// may migrate now. The table has no columns, and rights on it are nobody's.
func lockMigrations(ctx context.Context, conn *pgx.Conn) error {
	for {
		_, err := conn.Exec(ctx, `CREATE TABLE IF NOT EXISTS migrating ()`)
		if cause := (*pgconn.PgError)(nil); errors.As(err, &cause) && slices.Contains(made, cause.Code) {
			continue
		}
		if err != nil {
			return err
		}
		break
	}
	if _, err := conn.Exec(ctx, `BEGIN; LOCK TABLE migrating IN ACCESS EXCLUSIVE MODE`); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name = $1 AND usename = current_user AND datname = current_database()`, migrationName)
	return err
}

// closeConn works also when the context of the call is over.
func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	_ = conn.Close(ctx)
}

// sleep reports whether the time passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
