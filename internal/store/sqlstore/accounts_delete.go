package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// farewell is what a deletion looks at, under the lock of the account's row.
type farewell struct {
	claim    store.Claim
	id       int64 // 0: there is no live row
	records  bool  // the claim has an applied record or waits for something
	waits    bool  // it waits for its blockers already
	blockers []store.Blocker
}

func (l *led) DeleteAccount(ctx context.Context, c store.Claim, how store.Deletion) error {
	f := farewell{claim: c}
	reads := []statement{
		ask(func(r row) error { return r.Scan(&f.id) },
			`SELECT id FROM accounts WHERE cluster = $1 AND uid = $2 AND deleted_at IS NULL FOR UPDATE`, c.Cluster, c.UID),
		// Rows before records, as everywhere, so that two writers do not wait for each other.
		say(`SELECT v.name FROM env_vars v WHERE v.account_id = `+liveAccount+` ORDER BY v.name FOR UPDATE OF v`, c.Cluster, c.UID),
		say(`SELECT id FROM connections WHERE account_id = `+liveAccount+` ORDER BY id FOR UPDATE`, c.Cluster, c.UID),
		// A statement of its own, so that it sees what was committed while the lock was waited for.
		ask(f.block, blockersOf, c.Cluster, c.UID, store.MaxBlockerIDs),
		ask(func(r row) error { return r.Scan(&f.records, &f.waits) },
			`SELECT EXISTS (SELECT 1 FROM applied WHERE cluster = $1 AND kind = $3 AND uid = $2)
				OR EXISTS (SELECT 1 FROM waits WHERE cluster = $1 AND kind = $3 AND uid = $2),
			EXISTS (SELECT 1 FROM waits WHERE cluster = $1 AND kind = $3 AND uid = $2 AND account_id = `+liveAccount+` AND item = '')`,
			c.Cluster, c.UID, c.Kind),
	}
	var blocked error
	err := l.write(ctx, "deleting the account", reads, func() (writes []statement, err error) {
		writes, blocked = f.plan(how, l.window)
		return writes, nil
	})
	if err != nil {
		return err
	}
	return doing("deleting the account", blocked)
}

// blockersOf counts each kind and names the first few.
const blockersOf = `SELECT kind, id, total FROM (
		SELECT kind, id, count(*) OVER (PARTITION BY kind) AS total,
			row_number() OVER (PARTITION BY kind ORDER BY id) AS place
		FROM dependents WHERE account_id = ` + liveAccount + `) AS ranked
	WHERE place <= $3 ORDER BY kind, id`

func (f *farewell) block(r row) error {
	var b store.Blocker
	var id string
	if err := r.Scan(&b.Kind, &id, &b.Count); err != nil {
		return err
	}
	if n := len(f.blockers); n == 0 || f.blockers[n-1].Kind != b.Kind {
		f.blockers = append(f.blockers, b)
	}
	last := &f.blockers[len(f.blockers)-1]
	last.IDs = append(last.IDs, id)
	return nil
}

// plan says what to write, and whether the deletion is blocked: then only the wait for the blockers is written.
func (f *farewell) plan(how store.Deletion, window time.Duration) (writes []statement, blocked error) {
	switch {
	case f.id == 0 && f.records:
		return forget(f.claim), nil
	case f.id == 0:
		return nil, nil
	case how.Retain:
		return append([]statement{
			audit(f.claim, f.claim, deed{op: "RetainAccount"}),
			say(`UPDATE accounts SET cluster = NULL, namespace = NULL, namespace_uid = NULL, name = NULL, uid = NULL
				WHERE id = $1`, f.id),
		}, forget(f.claim)...), nil
	case len(f.blockers) > 0 && f.waits:
		return nil, &store.BlockedError{Blockers: f.blockers}
	case len(f.blockers) > 0:
		return []statement{wait(f.claim, f.id, "")}, &store.BlockedError{Blockers: f.blockers}
	}
	return f.deletion(window), nil
}

// deletion takes all that hangs on the account with it. The sets and connections that had rows here have applied
// nothing any more.
func (f *farewell) deletion(window time.Duration) []statement {
	now := time.Now()
	writes := []statement{
		audit(f.claim, f.claim, deed{op: "DeleteAccount"}),
		say(`UPDATE applied SET record = '', leaves = NULL, stale = FALSE WHERE kind = 'EnvVarSet' AND (cluster, uid) IN
			(SELECT owner_cluster, owner_uid FROM env_vars WHERE account_id = $1 AND owner_uid IS NOT NULL)`, f.id),
		say(`UPDATE applied SET record = '', leaves = NULL, stale = FALSE WHERE kind = 'CloudConnection' AND (cluster, uid) IN
			(SELECT cluster, uid FROM connections WHERE account_id = $1 AND uid IS NOT NULL)`, f.id),
		say(`DELETE FROM env_vars WHERE account_id = $1`, f.id),
		say(`DELETE FROM connections WHERE account_id = $1`, f.id),
		say(`DELETE FROM waits WHERE account_id = $1`, f.id),
		say(`UPDATE accounts SET deleted_at = $2 WHERE id = $1`, f.id, stamp(now)),
	}
	writes = append(writes, forget(f.claim)...)
	if window <= 0 {
		writes = append(writes, purge(now, f.id)...)
	}
	return writes
}
