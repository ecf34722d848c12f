package telemetry

import (
	"context"
	"errors"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// measured counts and times every call to a led store.
type measured struct {
	store.Led
	metrics *Metrics
}

// Measure begins the series of the writes, too: one that begins with its first call would hide that one from every rate.
func (m *Metrics) Measure(led store.Led) store.Led {
	for _, op := range []string{"put_account", "sync_env_vars", "put_connection"} {
		m.requests.WithLabelValues(m.driver, op, "ok")
	}
	return &measured{led, m}
}

func (m *measured) PutAccount(ctx context.Context, c store.Claim, want store.AccountSpec, mark store.Mark) (got store.Account, err error) {
	defer m.time("put_account", time.Now(), &err)
	return m.Led.PutAccount(ctx, c, want, mark)
}

func (m *measured) DeleteAccount(ctx context.Context, c store.Claim, how store.Deletion) (err error) {
	defer m.time("delete_account", time.Now(), &err)
	return m.Led.DeleteAccount(ctx, c, how)
}

func (m *measured) SyncEnvVars(ctx context.Context, account, owner store.Claim, plan func([]store.EnvVar) store.EnvVarPlan) (err error) {
	defer m.time("sync_env_vars", time.Now(), &err)
	return m.Led.SyncEnvVars(ctx, account, owner, plan)
}

func (m *measured) RemoveEnvVars(ctx context.Context, owner store.Claim, retain bool) (err error) {
	defer m.time("remove_env_vars", time.Now(), &err)
	return m.Led.RemoveEnvVars(ctx, owner, retain)
}

func (m *measured) PutConnection(
	ctx context.Context, c, account store.Claim, want store.Connection, mark store.Mark,
) (got store.Connection, err error) {
	defer m.time("put_connection", time.Now(), &err)
	return m.Led.PutConnection(ctx, c, account, want, mark)
}

func (m *measured) Connection(ctx context.Context, c store.Claim) (got store.Connection, err error) {
	defer m.time("connection", time.Now(), &err)
	return m.Led.Connection(ctx, c)
}

func (m *measured) DeleteConnection(ctx context.Context, c store.Claim, retain bool) (err error) {
	defer m.time("delete_connection", time.Now(), &err)
	return m.Led.DeleteConnection(ctx, c, retain)
}

func (m *measured) Rebind(ctx context.Context, from, to store.Claim) (err error) {
	defer m.time("rebind", time.Now(), &err)
	return m.Led.Rebind(ctx, from, to)
}

func (m *measured) Account(ctx context.Context, c store.Claim) (got store.Account, err error) {
	defer m.time("account", time.Now(), &err)
	return m.Led.Account(ctx, c)
}

func (m *measured) Adopt(ctx context.Context, c store.Claim, found store.Account) (err error) {
	defer m.time("adopt", time.Now(), &err)
	return m.Led.Adopt(ctx, c, found)
}

func (m *measured) Restore(ctx context.Context, c store.Claim, accountID string) (err error) {
	defer m.time("restore", time.Now(), &err)
	return m.Led.Restore(ctx, c, accountID)
}

func (m *measured) Act(
	ctx context.Context, action, account store.Claim, what store.ActionRequest,
) (result store.ActionResult, err error) {
	defer m.time("act", time.Now(), &err)
	return m.Led.Act(ctx, action, account, what)
}

func (m *measured) Applied(ctx context.Context, k store.Kind, after string, limit int) (page []store.Applied, err error) {
	defer m.time("applied", time.Now(), &err)
	return m.Led.Applied(ctx, k, after, limit)
}

func (m *measured) Changes(ctx context.Context) (feed <-chan store.Claim, err error) {
	defer m.time("changes", time.Now(), &err)
	return m.Led.Changes(ctx)
}

func (m *measured) Claims(ctx context.Context, k store.Kind, after string, limit int) (page []store.Claim, err error) {
	defer m.time("claims", time.Now(), &err)
	return m.Led.Claims(ctx, k, after, limit)
}

func (m *measured) TakeMails(ctx context.Context, links bool, limit int, lease time.Duration) (mails []store.Mail, next time.Time, err error) {
	defer m.time("take_mails", time.Now(), &err)
	return m.Led.TakeMails(ctx, links, limit, lease)
}

func (m *measured) Accounts(ctx context.Context, after string, limit int) (page []store.Account, err error) {
	defer m.time("accounts", time.Now(), &err)
	return m.Led.Accounts(ctx, after, limit)
}

// time is deferred with the time of the call's begin and the place of its outcome.
func (m *measured) time(op string, begun time.Time, err *error) { m.metrics.observe(op, begun, *err) }

// outcomeCode names an outcome for a metric's label: a short closed list.
func outcomeCode(err error) string {
	var conflict *store.ConflictError
	var stopped *store.BlockedError
	var limited *store.RateLimitedError
	var invalid *store.InvalidError
	var unsupported *store.UnsupportedError
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, store.ErrNotFound):
		return "not_found"
	case errors.Is(err, store.ErrFenced):
		return "fenced"
	case errors.As(err, &conflict):
		return "conflict"
	case errors.As(err, &stopped):
		return "blocked"
	case errors.As(err, &limited):
		return "rate_limited"
	case errors.As(err, &invalid), errors.As(err, &unsupported):
		return "refused"
	default:
		return "error"
	}
}
