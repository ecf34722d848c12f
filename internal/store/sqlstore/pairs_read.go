package sqlstore

import (
	"context"
	"strconv"

	"github.com/account-operator/account-operator/internal/store"
)

// pairStale asks whether any pair of an owner is stale. It is asked when the owner's own record is read, so that whoever changes
// variables of one account has no lock on what all accounts of the owner share.
const pairStale = `EXISTS (SELECT 1 FROM applied_pairs p WHERE p.cluster = applied.cluster AND p.uid = applied.uid AND p.stale)`

// Pairs goes by the variables, too: they are the truth, and a record only what was found out before.
func (l *fencedStore) Pairs(ctx context.Context, owner store.Claim, afterID string, limit int) ([]store.Pair, error) {
	var after int64
	if afterID != "" {
		id, ok := store.ParseAccountID(afterID)
		if !ok {
			return nil, &store.InvalidError{Field: "account", Reason: "is no ID"}
		}
		after = id
	}
	var all []store.Pair
	err := l.engine.read(ctx, query(func(r row) error {
		var p store.Pair
		var id int64
		err := r.Scan(append(append([]any{&id}, claimInto(&p.Account)...), &p.Record, &p.Stale)...)
		p.AccountID, p.Account = strconv.FormatInt(id, 10), claimOf(store.KindAccount, p.Account)
		all = append(all, p)
		return err
	}, `SELECT id, `+claimOut+`, coalesce((SELECT record FROM applied_pairs p WHERE p.cluster = $1 AND p.uid = $2 AND p.account_id = id), ''),
			coalesce((SELECT stale FROM applied_pairs p WHERE p.cluster = $1 AND p.uid = $2 AND p.account_id = id), TRUE)
		FROM accounts WHERE deleted_at IS NULL AND id IN (
			SELECT account_id FROM (SELECT DISTINCT account_id FROM env_vars WHERE owner_cluster = $1 AND owner_uid = $2 AND account_id > $3 ORDER BY account_id LIMIT $4) AS held
			UNION SELECT account_id FROM (SELECT account_id FROM applied_pairs WHERE cluster = $1 AND uid = $2 AND account_id > $3 ORDER BY account_id LIMIT $4) AS recorded)
		ORDER BY id LIMIT $4`, owner.Cluster, owner.UID, after, page(limit)))
	return all, doing("reading what was applied", err)
}
