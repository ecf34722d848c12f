package sqlstore

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// plan says what to write, and what is in the way of the deletion: then only the wait for its end is written.
func (f *farewell) plan(window time.Duration) (writes []statement, hindered error) {
	switch {
	case f.id == 0 && !f.applied && len(f.waits) == 0:
		return nil, nil
	case f.id == 0:
		return forget(f.claim), nil
	case f.how.Retain:
		return append([]statement{
			audit(f.claim, f.claim, auditEntry{op: "RetainAccount"}),
			exec(retain, f.id),
		}, forget(f.claim)...), nil
	}
	account, item, hindered := f.hindrance()
	switch {
	case hindered == nil:
		return f.deletion(window), nil
	case f.waits[item]:
		return nil, hindered
	}
	return []statement{wait(f.claim, account, item)}, hindered
}

// hindrance is what is in the way, and what a wait for its end is called.
func (f *farewell) hindrance() (account int64, item string, err error) {
	heir := f.how.TransferTeamsTo
	switch {
	case len(f.blockers) > 0:
		return f.id, "", &store.BlockedError{Blockers: f.blockers}
	case f.teams > 0 && !heir.IsZero() && f.heir == 0:
		return 0, "Heir " + heir.UID, store.ErrNoHeir
	}
	return 0, "", nil
}

// deletion takes all that hangs on the account with it. The sets and connections that had rows here have applied
// nothing any more. Memberships end by a trigger.
func (f *farewell) deletion(window time.Duration) []statement {
	now := time.Now()
	writes := []statement{audit(f.claim, f.claim, auditEntry{op: "DeleteAccount"})}
	for _, o := range slices.SortedFunc(maps.Keys(f.owners), inOrder) {
		writes = append(writes, exec(`UPDATE applied SET record = '', leaves = NULL, stale = FALSE
			WHERE cluster = $1 AND kind = $2 AND uid = $3`, o.Cluster, o.Kind, o.UID))
	}
	writes = append(writes,
		exec(`DELETE FROM env_vars WHERE account_id = $1`, f.id),
		exec(`DELETE FROM connections WHERE account_id = $1`, f.id),
		exec(`DELETE FROM waits WHERE account_id = $1`, f.id))
	writes = append(append(writes, forget(f.claim)...), f.partTeams()...)
	writes = append(writes, exec(`UPDATE accounts SET deleted_at = $2 WHERE id = $1`, f.id, stamp(now)))
	if window <= 0 {
		writes = append(writes, purge(now, f.id)...)
	}
	return writes
}

// inOrder is the same for everybody, so that no two deletions wait for each other.
func inOrder(a, b store.Claim) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.UID, b.UID))
}

// partTeams hands the teams over, or takes them along.
func (f *farewell) partTeams() []statement {
	switch {
	case f.teams == 0:
		return nil
	case f.heir != 0:
		return []statement{
			audit(f.claim, f.how.TransferTeamsTo, auditEntry{op: "TransferTeams"}),
			exec(`UPDATE teams SET owner_id = $2 WHERE owner_id = $1`, f.id, f.heir),
		}
	}
	return []statement{
		audit(f.claim, f.claim, auditEntry{op: "DeleteTeams"}),
		exec(`DELETE FROM teams WHERE owner_id = $1`, f.id),
	}
}
