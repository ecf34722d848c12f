package sqlstore

import (
	"context"
	"fmt"

	"github.com/account-operator/account-operator/internal/store"
)

// obstacle is a row that stands in a claim's way: its field, what a wait for its end is called, and how to find it.
type obstacle struct {
	field, item string
	find        string
	args        []any
}

func addressHolder(email string) obstacle {
	key := addressKey(email)
	return obstacle{
		field: "email", item: key,
		find: `FROM accounts WHERE email_key = $1 AND deleted_at IS NULL`, args: []any{key},
	}
}

// nameHolder is the row of an object of the same kind and name that had another UID. Its cluster was restored, or the
// object went without its finalizer; either way the row is not the new object's to take.
func nameHolder(c store.Claim) obstacle {
	k := kindOf(c.Kind)
	return obstacle{
		field: "claim", item: fmt.Sprintf("%s %s/%s/%s", c.Kind, c.Cluster, c.Namespace, c.Name),
		find: `FROM ` + k.table + ` WHERE cluster = $1 AND namespace = $2 AND name = $3 AND uid IS NOT NULL` + k.texts.only,
		args: []any{c.Cluster, c.Namespace, c.Name},
	}
}

// await reports who is in the way and records, under a lock on that row, that the claim waits for it to go. A holder that
// lets go at the same time is either seen here, or sees the wait.
func (l *fencedStore) await(ctx context.Context, c store.Claim, o obstacle) error {
	var holder store.Claim
	var found, waits bool
	reads := []statement{
		query(func(r row) error { found = true; return r.Scan(claimInto(&holder)...) }, `SELECT `+claimOut+` `+o.find+` FOR UPDATE`, o.args...),
		query(func(r row) error { return r.Scan(&waits) }, `SELECT EXISTS (SELECT 1 FROM waits
			WHERE cluster = $1 AND kind = $2 AND uid = $3 AND account_id = 0 AND item = $4)`, c.Cluster, c.Kind, c.UID, o.item),
	}
	err := l.write(ctx, "waiting for what is taken", reads, func() ([]statement, error) {
		switch {
		case !found:
			return nil, errAgain
		case holder.Cluster == c.Cluster && holder.UID == c.UID:
			return nil, errClaimTaken // by another put of the same claim
		case waits:
			return nil, nil
		}
		return []statement{waitNoMore(c), wait(c, 0, o.item)}, nil
	})
	if err != nil {
		return err
	}
	return &store.ConflictError{Field: o.field, Holder: claimOf(c.Kind, holder)}
}

// waitNoMore ends the claim's wait for an address or a name: it has what it wanted, or wants another.
func waitNoMore(c store.Claim) statement {
	return exec(`DELETE FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3 AND account_id = 0`, c.Cluster, c.Kind, c.UID)
}
