package sqlstore

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	defaultTimeout        = 10 * time.Second
	defaultIdleTimeout    = 5 * time.Second // shorter, so that a successor's first statement outlasts a frozen transaction
	defaultMaxConnections = 10
	connectTimeout        = 5 * time.Second
)

// postgresEngine sends whole batches through pgx: with database/sql every statement would be a round trip.
type postgresEngine struct {
	pool *pgxpool.Pool
	idle time.Duration // how long a session may be silent in a transaction
	*acknowledged
}

// openPostgres has the planner keep to indexes where there is one. It knows nothing of tables that are new, so that reading all of
// one looks cheap, and a connection keeps its plans.
func openPostgres(ctx context.Context, address string, o Options) (engine, error) {
	// The parser's error may quote the address.
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, startupError("the address of the PostgreSQL store is malformed", addressForms)
	}
	if !o.InsecureNoTLS {
		if err := encrypt(&config.ConnConfig.Config); err != nil {
			return nil, err
		}
	}
	config.MaxConns = int32(cmp.Or(o.MaxConnections, defaultMaxConnections)) //nolint:gosec // a number of connections
	config.ConnConfig.ConnectTimeout = cmp.Or(config.ConnConfig.ConnectTimeout, connectTimeout)
	config.ConnConfig.RuntimeParams["enable_seqscan"] = "off"
	config.ConnConfig.RuntimeParams["enable_bitmapscan"] = "off" // it reads all of a few rows, as it believes, to sort them
	config.ConnConfig.RuntimeParams["jit"] = "off"               // a small table without an index counts as dear then, and would be compiled for
	idle := cmp.Or(o.IdleTimeout, defaultIdleTimeout)
	limits(config.ConnConfig, cmp.Or(o.StatementTimeout, defaultTimeout), idle)
	known := &acknowledged{keep: int(config.MaxConns)}
	if o.readOnly {
		config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	} else {
		config.AfterConnect = known.look
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, startupError("the address of the PostgreSQL store is malformed", addressForms)
	}
	return &postgresEngine{pool: pool, idle: idle, acknowledged: known}, nil
}

// limits bound how long a manager that is frozen in the middle of a transaction, or whose host has vanished, holds up its successor.
// Zero leaves a statement all the time it takes.
func limits(config *pgx.ConnConfig, statement, idle time.Duration) {
	milliseconds := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	config.RuntimeParams["statement_timeout"] = milliseconds(statement)
	config.RuntimeParams["idle_in_transaction_session_timeout"] = milliseconds(idle)
	config.RuntimeParams["tcp_user_timeout"] = milliseconds(idle)
	config.RuntimeParams["tcp_keepalives_idle"] = strconv.Itoa(int(max(1, idle.Seconds()/2)))
	config.RuntimeParams["tcp_keepalives_interval"] = "1"
	config.RuntimeParams["tcp_keepalives_count"] = "3"
	config.RuntimeParams["application_name"] = cmp.Or(config.RuntimeParams["application_name"], "account-operator")
	config.AfterConnect = nil
	if statement > 0 {
		config.AfterConnect = limitTransaction(milliseconds(statement + idle))
	}
}

// limitTransaction sets what servers have from PostgreSQL 17 on.
func limitTransaction(limit string) pgconn.AfterConnectFunc {
	return func(ctx context.Context, conn *pgconn.PgConn) error {
		version, _, _ := strings.Cut(conn.ParameterStatus("server_version"), ".")
		if major, _ := strconv.Atoi(version); major < 17 {
			return nil
		}
		return conn.Exec(ctx, `SET transaction_timeout = `+limit).Close()
	}
}

func (e *postgresEngine) instance() string {
	return `(extract(epoch FROM pg_postmaster_start_time()) || ' ' || CAST(CAST('links' AS regclass) AS oid))`
}

func (e *postgresEngine) name() string { return "postgres" }

func (e *postgresEngine) ping(ctx context.Context) error { return postgresError(ctx, e.pool.Ping(ctx)) }

func (e *postgresEngine) read(ctx context.Context, steps ...statement) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return postgresError(ctx, err)
	}
	defer conn.Release()
	return send(ctx, conn.Conn(), steps)
}

func (e *postgresEngine) begin(ctx context.Context, as author) (transaction, error) {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return nil, postgresError(ctx, err)
	}
	return &postgresTransaction{engine: e, conn: conn, as: as}, nil
}

func (e *postgresEngine) fence(l lead) statement {
	return exec(`SELECT account_operator_fence($1, $2, $3, $4)`, l.cluster, l.lease, l.epoch, hashOf(l.token))
}

func (e *postgresEngine) putBack(ctx context.Context) (bool, error) {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return false, postgresError(ctx, err)
	}
	defer conn.Release()
	err = e.look(ctx, conn.Conn())
	return e.isPutBack(), err
}

// skipIDs is not undone with its transaction, which is as well.
func (e *postgresEngine) skipIDs(past int64) []statement {
	return []statement{exec(`SELECT setval(pg_get_serial_sequence('accounts', 'id'), greatest($1, (SELECT max(id) FROM accounts)))`, past)}
}

func (e *postgresEngine) hasTable() string { return `SELECT to_regclass($1) IS NOT NULL` }

// damages of a PostgreSQL database are its server's to find (data checksums, pg_amcheck).
func (e *postgresEngine) damages(context.Context) ([]string, error) { return nil, nil }

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}
