package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/account-operator/account-operator/internal/store"
)

// managedText is a JSON list.
func managedText(paths []string) string {
	text, err := json.Marshal(paths)
	if err != nil {
		return `[]` // strings always marshal
	}
	return string(text)
}

// ManagedUnknown implements store.Managing.
func (l *fencedStore) ManagedUnknown(ctx context.Context, afterUID string, limit int) (all []store.ManagedLeaves, err error) {
	err = l.engine.read(ctx, query(func(r row) error {
		var m store.ManagedLeaves
		err := r.Scan(append(claimInto(&m.Claim), &m.AccountID, &m.Record)...)
		m.Claim = claimOf(store.KindAccount, m.Claim)
		all = append(all, m)
		return err
	}, `SELECT a.cluster, coalesce(a.namespace, ''), coalesce(a.namespace_uid, ''), coalesce(a.name, ''), a.uid, CAST(a.id AS TEXT), p.record
		FROM accounts a JOIN applied p ON p.cluster = a.cluster AND p.kind = 'Account' AND p.uid = a.uid
		WHERE a.cluster = $1 AND a.uid > $2 AND a.deleted_at IS NULL AND a.managed IS NULL ORDER BY a.uid LIMIT $3`,
		l.cluster, afterUID, page(limit)))
	return all, doing("looking for accounts of which it is not known what manages them", err)
}

// FillManaged implements store.Managing. It locks accounts in the order of their IDs, as everywhere.
func (l *fencedStore) FillManaged(ctx context.Context, all []store.ManagedLeaves) error {
	all = slices.SortedFunc(slices.Values(all), func(a, b store.ManagedLeaves) int {
		return cmp.Compare(accountNumber(a.AccountID), accountNumber(b.AccountID))
	})
	writes := make([]statement, len(all))
	for n, m := range all {
		writes[n] = exec(`UPDATE accounts SET managed = $5 WHERE id = $1 AND cluster = $2 AND uid = $3 AND deleted_at IS NULL AND managed IS NULL
			AND EXISTS (SELECT 1 FROM applied WHERE cluster = $2 AND kind = 'Account' AND uid = $3 AND record = $4)`,
			accountNumber(m.AccountID), m.Claim.Cluster, m.Claim.UID, m.Record, managedText(m.Leaves))
	}
	return l.writeOnly(ctx, "noting what manages accounts", writes...)
}
