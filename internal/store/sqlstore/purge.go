package sqlstore

import (
	"context"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// purgeBatch bounds how long one transaction of a purge holds its locks.
const purgeBatch = 100

func (l *fencedStore) Purge(ctx context.Context, deletedBefore time.Time) (int, error) {
	if err := l.sweep(ctx); err != nil {
		return 0, err
	}
	if err := l.addUp(ctx); err != nil {
		return 0, err
	}
	total := 0
	for {
		var ids []int64
		err := l.write(ctx, "purging deleted accounts", []statement{
			query(func(r row) error {
				var id int64
				err := r.Scan(&id)
				ids = append(ids, id)
				return err
			}, `SELECT id FROM accounts WHERE deleted_at < $1 AND purged_at IS NULL ORDER BY deleted_at, id LIMIT $2 FOR UPDATE`,
				stamp(deletedBefore), purgeBatch),
		}, func() ([]statement, error) { return purge(time.Now(), ids...), nil })
		if err != nil {
			return total, err
		}
		if total += len(ids); len(ids) < purgeBatch {
			return total, nil
		}
	}
}

// purge leaves a tombstone: the ID, the times, and the referral code with who referred the account. The audit keeps what was done
// and by which UIDs, but no longer the names of the objects, which are often a person's: of those that wrote the account, and where
// these stand in rows that name no account, or that of another, as one that got the teams.
func purge(now time.Time, ids ...int64) []statement {
	var writes []statement
	for _, id := range ids {
		writes = append(writes, endFactors(id)...)
		writes = append(writes,
			exec(purgeAccount, id, stamp(now)),
			exec(`DELETE FROM notification_prefs WHERE account_id = $1`, id),
			exec(`DELETE FROM api_keys WHERE account_id = $1`, id),
			exec(`DELETE FROM actions WHERE account_id = $1`, id),
			exec(`DELETE FROM mails WHERE account_id = $1`, id),
			exec(`UPDATE audit SET name = '' WHERE (account_id IS NULL OR kind = 'Account')
				AND uid IN (SELECT uid FROM audit WHERE account_id = $1 AND uid <> '')`, id),
			exec(`UPDATE audit SET name = '' WHERE account_id = $1`, id))
	}
	if len(writes) > 0 {
		writes = append(writes, audit(store.Claim{}, store.Claim{}, auditEntry{op: "PurgeAccounts"}))
	}
	return writes
}

var purgeAccount = func() string {
	sets := []string{"email = ''", accountKind.texts.unclaim, noRetained, "two_factor_policy = 'Optional'", "email_verified_at = NULL", "email_changed_at = NULL", "password_hash = NULL",
		"email_change = 'Platform'", "email_named = ''", "access_suspended_at = NULL", "deletion_requested_at = NULL"}
	for _, leaf := range leaves {
		sets = append(sets, leaf.Column+" = '"+leaf.Fresh+"'")
	}
	return `UPDATE accounts SET ` + strings.Join(sets, ", ") + `, purged_at = $2 WHERE id = $1 AND deleted_at IS NOT NULL`
}()
