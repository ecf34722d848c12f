package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
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
}

// openPostgres has the planner keep to indexes where there is one. It knows nothing of tables that are new, so that reading all of
// one looks cheap, and a connection keeps its plans.
func openPostgres(ctx context.Context, address string, o Options) (engine, error) {
	// The parser's error may quote the address.
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, startupError("the address of the PostgreSQL store is malformed", addressForms)
	}
	config.MaxConns = int32(cmp.Or(o.MaxConnections, defaultMaxConnections)) //nolint:gosec // a number of connections
	config.ConnConfig.ConnectTimeout = cmp.Or(config.ConnConfig.ConnectTimeout, connectTimeout)
	config.ConnConfig.RuntimeParams["enable_seqscan"] = "off"
	limits(config.ConnConfig, cmp.Or(o.StatementTimeout, defaultTimeout), cmp.Or(o.IdleTimeout, defaultIdleTimeout))
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, startupError("the address of the PostgreSQL store cannot be used", addressForms)
	}
	return &postgresEngine{pool: pool}, nil
}

// limits bound how long a manager that is frozen in the middle of a transaction holds up its successor.
func limits(config *pgx.ConnConfig, statement, idle time.Duration) {
	milliseconds := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	config.RuntimeParams["statement_timeout"] = milliseconds(statement)
	config.RuntimeParams["idle_in_transaction_session_timeout"] = milliseconds(idle)
	config.RuntimeParams["application_name"] = cmp.Or(config.RuntimeParams["application_name"], "account-operator")
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
	return &postgresTransaction{conn: conn, as: as}, nil
}

func (e *postgresEngine) fence(l lead) statement {
	return say(`SELECT account_operator_fence($1, $2, $3, $4)`, l.cluster, l.lease, l.epoch, hashOf(l.token))
}

func (e *postgresEngine) hasTable() string { return `SELECT to_regclass($1) IS NOT NULL` }

// migrations may take longer than a statement of ours; a lock on the session lets one manager at a time migrate.
func (e *postgresEngine) migrations() (*sql.DB, goose.Dialect, []goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, "", nil, err
	}
	config := e.pool.Config().ConnConfig
	limits(config, 0, 0)
	return stdlib.OpenDB(*config), goose.DialectPostgres, []goose.ProviderOption{goose.WithSessionLocker(locker)}, nil
}

// damages of a PostgreSQL database are its server's to find (data checksums, pg_amcheck).
func (e *postgresEngine) damages(context.Context) ([]string, error) { return nil, nil }

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}
