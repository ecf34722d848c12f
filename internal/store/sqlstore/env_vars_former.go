package sqlstore

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

// FormerOwners goes by what was applied, of which there is a row for each owner of variables. "IS NOT DISTINCT FROM" keeps PostgreSQL
// from reading all of a cluster by the primary key.
func (l *fencedStore) FormerOwners(ctx context.Context, account, owner store.Claim) ([]store.Claim, error) {
	var all []store.Claim
	err := l.engine.read(ctx, query(func(r row) error {
		c := store.Claim{Kind: store.KindEnvVarSet}
		err := r.Scan(claimInto(&c)...)
		all = append(all, c)
		return err
	}, `SELECT `+claimColumns+` FROM applied WHERE namespace = $5 AND name = $6
			AND cluster IS NOT DISTINCT FROM $3 AND kind = $4 AND uid <> $7
			AND EXISTS (SELECT 1 FROM env_vars v WHERE v.owner_cluster = applied.cluster AND v.owner_uid = applied.uid
				AND (v.account_id <> `+liveAccount+` OR $1 = ''))`,
		account.Cluster, account.UID, owner.Cluster, owner.Kind, owner.Namespace, owner.Name, owner.UID))
	return all, doing("looking for former owners of variables", err)
}
