package sqlstore

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

func (l *fencedStore) Applied(ctx context.Context, kind store.Kind, afterUID string, limit int) ([]store.Applied, error) {
	var all []store.Applied
	err := l.engine.read(ctx, query(func(r row) error {
		a := store.Applied{Claim: store.Claim{Kind: kind}}
		err := r.Scan(append(claimInto(&a.Claim), &a.Record, &a.Stale)...)
		all = append(all, a)
		return err
	}, `SELECT `+claimColumns+`, record, stale OR `+pairStale+` FROM applied WHERE cluster = $1 AND kind = $2 AND uid > $3 ORDER BY uid LIMIT $4`,
		l.cluster, kind, afterUID, page(limit)))
	return all, doing("reading what was applied", err)
}

// Rebind looks for anything of the former claim, then moves all of it. What the present claim remembered or waited for
// gives way: the former knows more.
func (l *fencedStore) Rebind(ctx context.Context, from, to store.Claim) error {
	k := kindOf(from.Kind)
	if k == nil || from.Kind != to.Kind {
		return &store.InvalidError{Field: "kind", Reason: "both claims must have the same kind"}
	}
	var found bool
	reads := []statement{query(func(r row) error { return r.Scan(&found) },
		`SELECT EXISTS (SELECT 1 FROM `+k.table+` WHERE `+k.texts.own+`)
			OR EXISTS (SELECT 1 FROM applied WHERE cluster = $1 AND uid = $2 AND kind = $3)
			OR EXISTS (SELECT 1 FROM waits WHERE cluster = $1 AND uid = $2 AND kind = $3)`, from.Cluster, from.UID, from.Kind)}
	err := l.write(ctx, "rebinding a claim", reads, func() ([]statement, error) {
		if !found {
			return nil, store.ErrNotFound
		}
		return l.rebind(k, from, to), nil
	})
	return rebindConflict(err, to)
}

func (l *fencedStore) rebind(k *kind, from, to store.Claim) []statement {
	move := func(table, prefix, where string, more ...any) statement {
		args := append([]any{from.Cluster, from.UID}, claimArgs(to)...)
		return exec(`UPDATE `+table+` SET (`+claimText(prefix, "%s")+`) = ($3, $4, $5, $6, $7) WHERE `+where, append(args, more...)...)
	}
	const records = `cluster = $1 AND uid = $2 AND kind = $8`
	writes := forget(to)
	if k.name == store.KindEnvVarSet {
		writes = append(writes, exec(`UPDATE applied_pairs SET (cluster, uid) = ($3, $4) WHERE cluster = $1 AND uid = $2`,
			from.Cluster, from.UID, to.Cluster, to.UID))
	}
	return append(writes,
		move(k.table, k.prefix, k.texts.own),
		move("applied", "", records, from.Kind),
		move("waits", "", records, from.Kind),
		audit(to, store.Claim{}, auditEntry{op: "Rebind", names: map[string][]string{"from": {from.UID}}}))
}
