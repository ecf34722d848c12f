package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// sealedApp is the row of an app.
type sealedApp struct {
	store.FactorAttempt
	version int64
	seed    []byte
}

// counter is how often codes of an account were tried in a row.
type counter struct {
	attempts    int
	lockedUntil time.Time
}

func (c *counter) read(accountID string) statement {
	return query(func(r row) error { return r.Scan(&c.attempts, moment{&c.lockedUntil}) },
		`SELECT attempts, locked_until FROM factor_attempts WHERE account_id = $1`, accountNumber(accountID))
}

// raise has the last attempt before the lock set it, so that those that run at once cannot slip through together.
func (c *counter) raise(account int64, now time.Time) (statement, error) {
	switch left := c.lockedUntil.Sub(now); {
	case left > 0:
		return statement{}, &store.RateLimitedError{RetryAfter: left}
	case !c.lockedUntil.IsZero():
		c.attempts = 0 // the lock is over
	}
	c.attempts++
	var lock any
	if c.attempts >= store.FactorAttempts {
		lock = stamp(now.Add(store.FactorLock))
	}
	return exec(`INSERT INTO factor_attempts (account_id, attempts, locked_until) VALUES ($1, $2, $3)
		ON CONFLICT (account_id) DO UPDATE SET attempts = excluded.attempts, locked_until = excluded.locked_until`, account, c.attempts, lock), nil
}

// Attempt counts under the lock of the account's row.
func (s *Store) Attempt(ctx context.Context, accountID string, method store.FactorMethod, now time.Time) ([]store.FactorAttempt, error) {
	var account int64
	var count counter
	var apps []sealedApp
	err := s.writeUnfenced(ctx, "counting an attempt", []statement{
		lockLive(accountID, &account),
		count.read(accountID),
		query(func(r row) error {
			var app sealedApp
			err := r.Scan(&app.ID, &app.LastStep, &app.version, &app.seed)
			apps = append(apps, app)
			return err
		}, `SELECT id, last_step, version, seed FROM factors WHERE account_id = $1 AND method = $2 ORDER BY id`, accountNumber(accountID), method),
	}, func() ([]statement, error) {
		if account == 0 || len(apps) == 0 {
			return nil, store.ErrNotFound
		}
		raised, err := count.raise(account, now)
		return []statement{raised}, err
	})
	if err != nil || method != store.FactorTOTP {
		return nil, err
	}
	return s.openApps(account, apps)
}

// openApps leaves out what does not open, unless nothing does.
func (s *Store) openApps(account int64, apps []sealedApp) (open []store.FactorAttempt, err error) {
	for _, app := range apps {
		seed, err := s.openOf(factorsTable, app.seed, appPlace(account, app.ID, app.version))
		if err != nil {
			continue
		}
		app.Seed = store.NewSecret(seed)
		open = append(open, app.FactorAttempt)
	}
	if len(open) == 0 {
		return nil, errors.New("counting an attempt: no seed opens")
	}
	return open, nil
}

func resetAttempts(account int64) statement {
	return exec(`DELETE FROM factor_attempts WHERE account_id = $1`, account)
}

// AcceptStep is one conditional update.
func (s *Store) AcceptStep(ctx context.Context, accountID, id string, step int64) error {
	accepted, account := false, accountNumber(accountID)
	return s.writeUnfenced(ctx, "accepting a code", []statement{
		query(func(row) error { accepted = true; return nil },
			`UPDATE factors SET last_step = $3 WHERE account_id = $1 AND id = $2 AND method = 'TOTP'
				AND last_step < $3 AND `+ofLive+` RETURNING account_id`, account, id, step),
	}, acceptance(&accepted, resetAttempts(account), auditUnfenced("AcceptTOTP", account)))
}

// AcceptBackupCode is one conditional deletion. With its last code the method ends, and before that its holder gets a mail.
func (s *Store) AcceptBackupCode(ctx context.Context, accountID string, hash []byte) error {
	accepted, account, left := false, accountNumber(accountID), 0
	return s.writeUnfenced(ctx, "accepting a backup code", []statement{
		exec(`SELECT account_id FROM factors WHERE account_id = $1 AND method = 'BackupCode' FOR UPDATE`, account),
		query(func(row) error { accepted = true; return nil },
			`DELETE FROM backup_codes WHERE account_id = $1 AND hash = $2
				AND `+ofLive+` RETURNING account_id`, account, hash),
		query(func(r row) error { return r.Scan(&left) }, `SELECT count(*) FROM backup_codes WHERE account_id = $1`, account),
	}, func() ([]statement, error) {
		writes := []statement{resetAttempts(account), auditUnfenced("AcceptBackupCode", account)}
		switch {
		case !accepted:
			return nil, store.ErrNotFound
		case left == 0:
			writes = append(writes, exec(`DELETE FROM factors WHERE account_id = $1 AND method = 'BackupCode'`, account))
		case left == store.CodesLow:
			writes = append(writes, queueMail(account, store.MailBackupCodesLow, store.OriginHolder))
		}
		return writes, nil
	})
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
