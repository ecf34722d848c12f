package sqlstore

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// plan says what to write, and what is in the way of the deletion: then only the wait for its end is written.
func (d *accountDeletion) plan(window time.Duration) (writes []statement, hindered error) {
	switch {
	case d.id == 0 && !d.applied && len(d.waits) == 0:
		return nil, nil
	case d.id == 0:
		return forget(d.claim), nil
	case d.how.Retain:
		return append([]statement{
			audit(d.claim, d.claim, auditEntry{op: "RetainAccount"}),
			exec(retain, d.id),
		}, forget(d.claim)...), nil
	}
	account, item, hindered := d.hindrance()
	switch {
	case hindered == nil:
		return d.delete(window), nil
	case d.waits[item]:
		return nil, hindered
	}
	return []statement{wait(d.claim, account, item)}, hindered
}

// hindrance is what is in the way, and what a wait for its end is called.
func (d *accountDeletion) hindrance() (account int64, item string, err error) {
	heir := d.how.TransferTeamsTo
	switch {
	case len(d.blockers) > 0:
		return d.id, "", &store.BlockedError{Blockers: d.blockers}
	case d.teams > 0 && !heir.IsZero() && d.heir == 0:
		return 0, "Heir " + heir.UID, store.ErrNoHeir
	}
	return 0, "", nil
}

// delete takes all that hangs on the account with it. The objects that had rows here have applied nothing
// any more. Memberships end by a trigger.
func (d *accountDeletion) delete(window time.Duration) []statement {
	now := time.Now()
	writes := []statement{audit(d.claim, d.claim, auditEntry{op: "DeleteAccount"})}
	for _, o := range slices.SortedFunc(maps.Keys(d.owners), inOrder) {
		writes = append(writes, exec(`UPDATE applied SET record = '', leaves = NULL, stale = FALSE
			WHERE cluster = $1 AND kind = $2 AND uid = $3`, o.Cluster, o.Kind, o.UID))
	}
	for _, k := range kinds {
		if k.inAccount {
			writes = append(writes, exec(k.texts.delete, d.id))
		}
	}
	writes = append(writes,
		exec(`DELETE FROM waits WHERE account_id = $1`, d.id), exec(`DELETE FROM applied_pairs WHERE account_id = $1`, d.id))
	writes = append(append(writes, forget(d.claim)...), d.partTeams()...)
	writes = append(writes, exec(`UPDATE accounts SET deleted_at = $2 WHERE id = $1`, d.id, stamp(now)))
	if window <= 0 {
		writes = append(writes, purge(now, d.id)...)
	}
	return writes
}

// inOrder is the same for everybody, so that no two deletions wait for each other.
func inOrder(a, b store.Claim) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.UID, b.UID))
}

// partTeams hands the teams over, or takes them along.
func (d *accountDeletion) partTeams() []statement {
	switch {
	case d.teams == 0:
		return nil
	case d.heir != 0:
		return []statement{
			audit(d.claim, d.how.TransferTeamsTo, auditEntry{op: "TransferTeams"}),
			exec(`UPDATE teams SET owner_id = $2 WHERE owner_id = $1`, d.id, d.heir),
		}
	}
	return []statement{
		audit(d.claim, d.claim, auditEntry{op: "DeleteTeams"}),
		exec(`DELETE FROM teams WHERE owner_id = $1`, d.id),
	}
}
