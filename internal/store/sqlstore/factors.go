package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// maxSeed and maxCodes bound what is kept of a second factor, far above what anybody uses.
const (
	maxSeed  = 256
	maxCodes = 100
)

// appPlace is what the seed of an app is bound to.
func appPlace(account int64, id string, version int64) []byte {
	return place(account, "factors", id, version)
}

// accountNumber is 0, which no account has, for what is no ID of this store.
func accountNumber(id string) int64 {
	n, _ := store.ParseAccountID(id)
	return n
}

// lockLive locks the account's row and finds it, if it is live.
func lockLive(accountID string, account *int64) statement {
	return query(func(r row) error { return r.Scan(account) },
		`SELECT id FROM accounts WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`, accountNumber(accountID))
}

// lockAccount locks the account's row, so that who ends sessions of an account and who acts in one come one after the other.
func lockAccount(accountID string) statement {
	return exec(`SELECT id FROM accounts WHERE id = $1 FOR UPDATE`, accountNumber(accountID))
}

// Factors implements store.Factors.
func (s *Store) Factors(ctx context.Context, accountID string) (all []store.Factor, err error) {
	err = s.engine.read(ctx, s.vouched(), query(func(r row) error {
		var f store.Factor
		err := r.Scan(&f.ID, &f.Method, &f.Name, moment{&f.Created})
		all = append(all, f)
		return err
	}, `SELECT id, method, name, created_at FROM factors WHERE account_id = $1 AND `+ofLive+`
		ORDER BY method = 'BackupCode', created_at, id`, accountNumber(accountID)))
	return all, doing("listing second factors", err)
}

// EnrolTOTP gives the row an ID, and a version, that none ever had.
func (s *Store) EnrolTOTP(ctx context.Context, accountID, name string, seed store.Secret, step int64) error {
	if seed.Len() == 0 || seed.Len() > maxSeed {
		return doing("enrolling a second factor", &store.InvalidError{Field: "seed", Reason: "is empty or too long"})
	}
	if err := checkText("name", name, store.MaxFactorName); err != nil {
		return doing("enrolling a second factor", err)
	}
	var account int64
	var had int
	return s.writeUnfenced(ctx, "enrolling a second factor", []statement{
		lockLive(accountID, &account),
		query(func(r row) error { return r.Scan(&had) },
			`SELECT count(*) FROM factors WHERE account_id = $1 AND method <> 'BackupCode'`, accountNumber(accountID)),
	}, func() ([]statement, error) {
		if account == 0 {
			return nil, store.ErrNotFound
		}
		if had >= store.MaxFactors {
			return nil, &store.InvalidError{Field: "factors", Reason: "are as many as an account may have"}
		}
		id, version := newID(), time.Now().UnixMicro()
		sealed, err := s.sealerOf(factorsTable).Seal(seed.Reveal(), appPlace(account, id, version))
		return []statement{
			exec(`INSERT INTO factors (account_id, id, method, name, seed, version, last_step, created_at) VALUES ($1, $2, 'TOTP', $3, $4, $5, $6, $7)`,
				account, id, name, sealed, version, step, stamp(time.Now())),
			queueMail(account, store.MailFactorAdded, store.OriginHolder),
			auditUnfenced("EnrolTOTP", account),
		}, err
	})
}

// EnrolBackupCodes with no hashes ends the method.
func (s *Store) EnrolBackupCodes(ctx context.Context, accountID string, hashes [][]byte) error {
	if len(hashes) > maxCodes {
		return doing("enrolling backup codes", &store.InvalidError{Field: "backupCodes", Reason: "are too many"})
	}
	var account int64
	return s.writeUnfenced(ctx, "enrolling backup codes", []statement{lockLive(accountID, &account)}, func() ([]statement, error) {
		if account == 0 {
			return nil, store.ErrNotFound
		}
		writes := append(endBackupCodes(account), auditUnfenced("EnrolBackupCodes", account))
		if len(hashes) == 0 {
			return writes, nil
		}
		writes = append(writes, exec(`INSERT INTO factors (account_id, id, method) VALUES ($1, 'BackupCode', 'BackupCode')`, account),
			queueMail(account, store.MailFactorAdded, store.OriginHolder))
		for _, hash := range hashes {
			writes = append(writes, exec(`INSERT INTO backup_codes (account_id, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING`, account, hash))
		}
		return writes, nil
	})
}

func endBackupCodes(account int64) []statement {
	return []statement{
		exec(`DELETE FROM backup_codes WHERE account_id = $1`, account),
		exec(`DELETE FROM factors WHERE account_id = $1 AND method = 'BackupCode'`, account),
	}
}

// endFactors removes all that an account has, and what was counted.
func endFactors(account int64) []statement {
	return []statement{
		exec(`DELETE FROM factors WHERE account_id = $1`, account),
		exec(`DELETE FROM backup_codes WHERE account_id = $1`, account),
		exec(`DELETE FROM factor_attempts WHERE account_id = $1`, account),
	}
}
