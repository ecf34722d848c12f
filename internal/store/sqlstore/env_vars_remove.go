package sqlstore

import (
	"context"
	"maps"
	"slices"

	"github.com/account-operator/account-operator/internal/store"
)

// removal takes an owner's variables out of some of its accounts.
type removal struct {
	owner   store.Claim
	retain  bool
	ids     []any           // accounts, locked in this order
	names   map[string]bool // of variables, for the audit
	records bool            // the owner has any
}

var (
	ownersNames   = forMany(3, `SELECT name FROM env_vars WHERE owner_cluster = $1 AND owner_uid = $2 AND account_id IN %s ORDER BY account_id, name FOR UPDATE`)
	ownersDelete  = forMany(3, `DELETE FROM env_vars WHERE owner_cluster = $1 AND owner_uid = $2 AND account_id IN %s`)
	ownersRelease = forMany(3, `UPDATE env_vars SET `+envVarKind.texts.unclaim+` WHERE owner_cluster = $1 AND owner_uid = $2 AND account_id IN %s`)
)

func (l *fencedStore) RemoveEnvVars(ctx context.Context, owner store.Claim, retain bool) error {
	for {
		r := removal{owner: owner, retain: retain, names: map[string]bool{}}
		err := l.writeAfter(ctx, "removing variables", r.reads(), r.more, r.writes)
		if err != nil || r.last() {
			return err
		}
	}
}

// last reports whether no account is left after these.
func (r *removal) last() bool { return len(r.ids) < store.MaxPairs }

func (r *removal) reads() []statement {
	c := r.owner
	return []statement{
		// Accounts before variables, as everywhere.
		query(func(row row) error {
			var id int64
			err := row.Scan(&id)
			r.ids = append(r.ids, id)
			return err
		}, `SELECT id FROM accounts WHERE id IN
			(SELECT DISTINCT account_id FROM env_vars WHERE owner_cluster = $1 AND owner_uid = $2 ORDER BY account_id LIMIT $3) ORDER BY id FOR UPDATE`,
			c.Cluster, c.UID, store.MaxPairs),
		query(func(row row) error { return row.Scan(&r.records) },
			`SELECT EXISTS (SELECT 1 FROM applied WHERE cluster = $1 AND kind = $2 AND uid = $3)
				OR EXISTS (SELECT 1 FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3)
				OR EXISTS (SELECT 1 FROM applied_pairs WHERE cluster = $1 AND uid = $3)`, c.Cluster, c.Kind, c.UID),
	}
}

func (r *removal) more() []statement {
	if len(r.ids) == 0 {
		return nil
	}
	text, args := ownersNames.with([]any{r.owner.Cluster, r.owner.UID}, r.ids)
	return []statement{query(func(row row) error {
		var name string
		err := row.Scan(&name)
		r.names[name] = true
		return err
	}, text, args...)}
}

// writes forgets the records with the last accounts. What is forgotten is ours only, and the object's name may have been purged: so
// that alone is not in the audit.
func (r *removal) writes() (all []statement, err error) {
	if len(r.names) > 0 {
		what, texts := "delete", ownersDelete
		if r.retain {
			what, texts = "release", ownersRelease
		}
		text, args := texts.with([]any{r.owner.Cluster, r.owner.UID}, r.ids)
		did := auditEntry{op: "RemoveEnvVars", names: map[string][]string{what: slices.Sorted(maps.Keys(r.names))}}
		all = append(all, exec(text, args...), audit(r.owner, store.Claim{}, did))
	}
	if r.last() && (r.records || len(r.names) > 0) {
		all = append(all, forget(r.owner)...)
	}
	return all, nil
}
