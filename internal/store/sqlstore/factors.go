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

// factor is a row of factors.
type factor struct {
	account            int64
	attempts, lastStep int64
	lockedUntil        time.Time
	seed               []byte
	version            int64
}

// place is what the seed of a TOTP is bound to.
func (f *factor) place() []byte {
	return place(f.account, "factors", string(store.FactorTOTP), f.version)
}

// accountNumber is 0, which no account has, for what is no ID of this store.
func accountNumber(id string) int64 {
	n, _ := store.ParseAccountID(id)
	return n
}

// liveAccountID locks the account's row and finds it, if it is live.
func (f *factor) liveAccountID(accountID string) statement {
	return query(func(r row) error { return r.Scan(&f.account) },
		`SELECT id FROM accounts WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`, accountNumber(accountID))
}

// EnrolTOTP gives the row a version that it never had, as a variable's.
func (s *Store) EnrolTOTP(ctx context.Context, accountID string, seed store.Secret) error {
	if seed.Len() == 0 || seed.Len() > maxSeed {
		return doing("enrolling a second factor", &store.InvalidError{Field: "seed", Reason: "is empty or too long"})
	}
	var f factor
	first := []statement{
		f.liveAccountID(accountID),
		query(func(r row) error { return r.Scan(&f.version) },
			`SELECT version FROM factors WHERE account_id = $1 AND method = 'TOTP' FOR UPDATE`, accountNumber(accountID)),
	}
	return s.writeUnfenced(ctx, "enrolling a second factor", first, func() ([]statement, error) {
		if f.account == 0 {
			return nil, store.ErrNotFound
		}
		f.version = max(f.version+1, time.Now().UnixMicro())
		sealed, err := s.sealer.Seal(seed.Reveal(), f.place())
		return []statement{
			exec(`DELETE FROM factors WHERE account_id = $1 AND method = 'TOTP'`, f.account),
			exec(`INSERT INTO factors (account_id, method, seed, version) VALUES ($1, 'TOTP', $2, $3)`, f.account, sealed, f.version),
			auditUnfenced("EnrolTOTP", f.account),
		}, err
	})
}

// EnrolBackupCodes with no hashes ends the method.
func (s *Store) EnrolBackupCodes(ctx context.Context, accountID string, hashes [][]byte) error {
	if len(hashes) > maxCodes {
		return doing("enrolling backup codes", &store.InvalidError{Field: "backupCodes", Reason: "are too many"})
	}
	var f factor
	return s.writeUnfenced(ctx, "enrolling backup codes", []statement{f.liveAccountID(accountID)}, func() ([]statement, error) {
		if f.account == 0 {
			return nil, store.ErrNotFound
		}
		writes := []statement{
			exec(`DELETE FROM backup_codes WHERE account_id = $1`, f.account),
			exec(`DELETE FROM factors WHERE account_id = $1 AND method = 'BackupCode'`, f.account),
			auditUnfenced("EnrolBackupCodes", f.account),
		}
		for n, hash := range hashes {
			if n == 0 {
				writes = append(writes, exec(`INSERT INTO factors (account_id, method) VALUES ($1, 'BackupCode')`, f.account))
			}
			writes = append(writes, exec(`INSERT INTO backup_codes (account_id, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING`, f.account, hash))
		}
		return writes, nil
	})
}
