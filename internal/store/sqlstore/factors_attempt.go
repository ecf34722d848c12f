package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// Attempt has the last attempt before the lock set it, so that those that run at once cannot slip through together.
func (s *Store) Attempt(ctx context.Context, accountID string, method store.FactorMethod, now time.Time) (store.FactorAttempt, error) {
	var f factor
	read := query(func(r row) error {
		return r.Scan(&f.account, &f.attempts, moment{&f.lockedUntil}, &f.lastStep, &f.version, &f.seed)
	}, `SELECT account_id, attempts, locked_until, last_step, version, seed FROM factors
		WHERE account_id = $1 AND method = $2 AND `+ofLive+` FOR UPDATE`,
		accountNumber(accountID), method)
	err := s.writeUnfenced(ctx, "counting an attempt", []statement{read}, func() ([]statement, error) {
		switch left := f.lockedUntil.Sub(now); {
		case f.account == 0:
			return nil, store.ErrNotFound
		case left > 0:
			return nil, &store.RateLimitedError{RetryAfter: left}
		case !f.lockedUntil.IsZero():
			f.attempts = 0 // the lock is over
		}
		f.attempts++
		var lock any
		if f.attempts >= store.FactorAttempts {
			lock = stamp(now.Add(store.FactorLock))
		}
		return []statement{exec(`UPDATE factors SET attempts = $3, locked_until = $4 WHERE account_id = $1 AND method = $2`,
			f.account, method, f.attempts, lock)}, nil
	})
	if err != nil || method != store.FactorTOTP {
		return store.FactorAttempt{}, err
	}
	seed, err := s.sealer.Open(f.seed, f.place())
	if err != nil {
		return store.FactorAttempt{}, errors.New("counting an attempt: the seed does not open")
	}
	return store.FactorAttempt{Seed: store.NewSecret(seed), LastStep: f.lastStep}, nil
}

// AcceptStep is one conditional update.
func (s *Store) AcceptStep(ctx context.Context, accountID string, step int64) error {
	accepted := false
	return s.writeUnfenced(ctx, "accepting a code", []statement{
		query(func(row) error { accepted = true; return nil },
			`UPDATE factors SET last_step = $2, attempts = 0, locked_until = NULL WHERE account_id = $1 AND method = 'TOTP'
				AND last_step < $2 AND `+ofLive+` RETURNING account_id`,
			accountNumber(accountID), step),
	}, acceptance(&accepted, auditUnfenced("AcceptTOTP", accountNumber(accountID))))
}

// AcceptBackupCode is one conditional deletion. With its last code the method ends.
func (s *Store) AcceptBackupCode(ctx context.Context, accountID string, hash []byte) error {
	accepted, account := false, accountNumber(accountID)
	return s.writeUnfenced(ctx, "accepting a backup code", []statement{
		exec(`SELECT account_id FROM factors WHERE account_id = $1 AND method = 'BackupCode' FOR UPDATE`, account),
		query(func(row) error { accepted = true; return nil },
			`DELETE FROM backup_codes WHERE account_id = $1 AND hash = $2
				AND `+ofLive+` RETURNING account_id`, account, hash),
	}, acceptance(&accepted,
		exec(`UPDATE factors SET attempts = 0, locked_until = NULL WHERE account_id = $1 AND method = 'BackupCode'`, account),
		exec(`DELETE FROM factors WHERE account_id = $1 AND method = 'BackupCode'
			AND NOT EXISTS (SELECT 1 FROM backup_codes WHERE account_id = $1)`, account),
		auditUnfenced("AcceptBackupCode", account)))
}

// acceptance writes if the code was taken, and undoes all of it otherwise.
func acceptance(accepted *bool, writes ...statement) func() ([]statement, error) {
	return func() ([]statement, error) {
		if !*accepted {
			return nil, store.ErrNotFound
		}
		return writes, nil
	}
}
