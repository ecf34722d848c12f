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

// ownersAccounts are the first accounts in which an owner has variables.
const ownersAccounts = `(SELECT DISTINCT account_id FROM env_vars WHERE owner_cluster = $1 AND owner_uid = $2 ORDER BY account_id LIMIT $3)`

var (
	ownersDelete  = forMany(3, `DELETE FROM env_vars WHERE owner_cluster = $1 AND owner_uid = $2 AND account_id IN %s`)
	ownersRelease = forMany(3, `UPDATE env_vars SET `+envVarKind.texts.unclaim+` WHERE owner_cluster = $1 AND owner_uid = $2 AND account_id IN %s`)
)

func (l *fencedStore) RemoveEnvVars(ctx context.Context, owner store.Claim, retain bool) error {
	for {
		r := removal{owner: owner, retain: retain, names: map[string]bool{}}
		err := l.write(ctx, "removing variables", r.reads(), r.writes)
		if err != nil || r.last() {
			return err
		}
	}
}

// last reports whether no account is left after these.
func (r *removal) last() bool { return len(r.ids) < store.MaxPairs }

// reads locks accounts before variables, as everywhere. What is asked for next may have an account that was not locked, where the owner lost
// one meanwhile: that is left to the next transaction.
func (r *removal) reads() []statement {
	c := r.owner
	return []statement{
		query(func(row row) error {
			var id int64
			err := row.Scan(&id)
			r.ids = append(r.ids, id)
			return err
		}, `SELECT id FROM accounts WHERE id IN `+ownersAccounts+` ORDER BY id FOR UPDATE`, c.Cluster, c.UID, store.MaxPairs),
		query(func(row row) error {
			var id int64
			var name string
			err := row.Scan(&id, &name)
			if slices.Contains(r.ids, any(id)) {
				r.names[name] = true
			}
			return err
		}, `SELECT account_id, name FROM env_vars WHERE owner_cluster = $1 AND owner_uid = $2 AND account_id IN `+ownersAccounts+`
			ORDER BY account_id, name FOR UPDATE`, c.Cluster, c.UID, store.MaxPairs),
		query(func(row row) error { return row.Scan(&r.records) },
			`SELECT EXISTS (SELECT 1 FROM applied WHERE cluster = $1 AND kind = $2 AND uid = $3)
				OR EXISTS (SELECT 1 FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3)
				OR EXISTS (SELECT 1 FROM applied_pairs WHERE cluster = $1 AND uid = $3)`, c.Cluster, c.Kind, c.UID),
	}
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
