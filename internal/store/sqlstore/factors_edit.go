package sqlstore

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

// NameFactor implements store.Factors.
func (s *Store) NameFactor(ctx context.Context, accountID, id, name string) error {
	if err := checkText("name", name, store.MaxFactorName); err != nil {
		return doing("naming a second factor", err)
	}
	named := false
	return s.writeUnfenced(ctx, "naming a second factor", []statement{query(func(row) error { named = true; return nil },
		`UPDATE factors SET name = $3 WHERE account_id = $1 AND id = $2 AND method <> 'BackupCode' AND `+ofLive+` RETURNING id`,
		accountNumber(accountID), id, name)},
		acceptance(&named, auditUnfenced("NameFactor", accountNumber(accountID))))
}

// RemoveFactor implements store.Factors. Backup codes are for who has lost an app: without one they are nothing of their own.
func (s *Store) RemoveFactor(ctx context.Context, accountID, id string) error {
	var account int64
	var removed, others bool
	return s.writeUnfenced(ctx, "removing a second factor", []statement{
		lockLive(accountID, &account),
		query(func(row) error { removed = true; return nil },
			`DELETE FROM factors WHERE account_id = $1 AND id = $2 AND method <> 'BackupCode' AND `+ofLive+` RETURNING id`, accountNumber(accountID), id),
		query(func(r row) error { return r.Scan(&others) },
			`SELECT EXISTS (SELECT 1 FROM factors WHERE account_id = $1 AND method <> 'BackupCode')`, accountNumber(accountID)),
	}, func() ([]statement, error) {
		if account == 0 || !removed {
			return nil, store.ErrNotFound
		}
		writes := []statement{queueMail(account, store.MailFactorRemoved, store.OriginHolder), auditUnfenced("RemoveFactor", account)}
		if !others {
			writes = append(endBackupCodes(account), writes...)
		}
		return writes, nil
	})
}
