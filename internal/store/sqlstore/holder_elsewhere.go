package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/account-operator/account-operator/internal/store"
)

// dependentsIn reads a table of what runs in the account $1 and in its teams. Each half is in the order of an index.
func dependentsIn(table string) string {
	return `SELECT id, coalesce(team_id, ''), created_at FROM (
			SELECT id, team_id, created_at FROM ` + table + ` WHERE account_id = $1 AND id > $2
			UNION ALL SELECT d.id, d.team_id, d.created_at FROM teams t JOIN ` + table + ` d ON d.team_id = t.id WHERE t.owner_id = $1 AND d.id > $2) AS d
		ORDER BY id LIMIT $3`
}

var dependentTables = map[store.DependentKind]string{
	store.Machine: dependentsIn("machines"), store.Cluster: dependentsIn("clusters"), store.Instance: dependentsIn("instances"),
	store.Volume: dependentsIn("volumes"),
}

// Dependents implements store.HeldElsewhere.
func (h holder) Dependents(ctx context.Context, kind store.DependentKind, after string, limit int) (all []store.HeldDependent, err error) {
	err = h.look(ctx, "reading what runs", query(func(r row) error {
		var d store.HeldDependent
		err := r.Scan(&d.ID, &d.TeamID, moment{&d.Created})
		all = append(all, d)
		return err
	}, dependentTables[kind], h.id, after, page(limit)))
	return all, err
}

// Audit implements store.HeldElsewhere.
func (h holder) Audit(ctx context.Context, limit int) (all []store.Audited, err error) {
	err = h.look(ctx, "reading the audit", query(func(r row) error {
		var a store.Audited
		var names string
		if err := r.Scan(moment{&a.At}, &a.Op, &names); err != nil {
			return err
		}
		_ = json.Unmarshal([]byte(names), &a.Names) // what another program wrote is no list of names
		all = append(all, a)
		return nil
	}, `SELECT at, op, names FROM audit WHERE account_id = $1 ORDER BY id DESC LIMIT $2`, h.id, page(limit)))
	return all, err
}
