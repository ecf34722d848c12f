package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// mayEnter asks of a row of accounts whether anybody may be signed in to it.
const mayEnter = `(deleted_at IS NULL AND access_suspended_at IS NULL)`

// maySignIn asks whether its password is good. An address that was never confirmed has no password of its holder's.
const maySignIn = `(` + mayEnter + ` AND password_hash IS NOT NULL AND (email_verified_at IS NOT NULL OR email_changed_at IS NOT NULL))`

// ofPresent asks whether a session began in this incarnation of the store.
const ofPresent = `incarnation = (SELECT incarnation FROM identity)`

// usedEvery is how often it is noted that a session is used.
const usedEvery = 5 * time.Minute

// lockJudged locks the account if its password is still the one that was judged, and reports whether it has a second factor.
func lockJudged(judged store.SignIn, account *int64, factor *bool) statement {
	return query(func(r row) error { return r.Scan(account, factor) },
		`SELECT id, EXISTS (SELECT 1 FROM factors f WHERE f.account_id = accounts.id) FROM accounts
			WHERE id = $1 AND password_hash = $2 AND `+maySignIn+` FOR UPDATE`,
		accountNumber(judged.AccountID), string(judged.Password.Reveal()))
}

// BeginSession implements store.Sessions.
func (s *Store) BeginSession(ctx context.Context, judged store.SignIn, from store.Browser) (store.Given, error) {
	forgiven, err := s.forgive(ctx, judged.Email, from)
	if err != nil {
		return store.Given{}, err
	}
	a := s.arrival(from)
	err = s.writeUnfenced(ctx, "signing in", []statement{lockJudged(judged, &a.account, &a.given.AwaitsCode)}, func() ([]statement, error) {
		if a.account == 0 {
			return nil, store.ErrNotFound
		}
		return append(a.writes(), forgiven...), nil
	})
	return a.outcome(err)
}

// CompleteSession implements store.Sessions.
func (s *Store) CompleteSession(ctx context.Context, token store.Secret, from store.Browser) (store.Given, error) {
	a := s.arrival(from)
	const waiting = `hash = $1 AND awaits_code AND created_at > $2 AND ` + ofPresent
	of := []any{hashOf(token), stamp(a.now.Add(-store.SessionCode))}
	err := s.writeUnfenced(ctx, "completing a session", []statement{
		exec(`SELECT id FROM accounts WHERE id = (SELECT account_id FROM sessions WHERE `+waiting+`) FOR UPDATE`, of...),
		query(func(r row) error { return r.Scan(&a.account, moment{&a.proved}) },
			`DELETE FROM sessions WHERE `+waiting+` AND (SELECT `+mayEnter+` FROM accounts WHERE id = account_id) RETURNING account_id, proved_at`, of...),
	}, func() ([]statement, error) {
		if a.account == 0 {
			return nil, store.ErrNotFound
		}
		return a.writes(), nil
	})
	return a.outcome(err)
}

// ProveSession implements store.Sessions.
func (s *Store) ProveSession(ctx context.Context, token store.Secret, judged store.SignIn, from store.Browser) error {
	forgiven, err := s.forgive(ctx, judged.Email, from)
	if err != nil {
		return err
	}
	var account int64
	var factor, proved bool
	now := time.Now()
	return s.writeUnfenced(ctx, "proving a session", []statement{
		lockJudged(judged, &account, &factor),
		query(func(row) error { proved = true; return nil },
			`UPDATE sessions SET proved_at = $3 WHERE hash = $1 AND account_id = $2 AND NOT awaits_code AND `+ofPresent+` RETURNING id`,
			hashOf(token), accountNumber(judged.AccountID), stamp(now)),
	}, func() ([]statement, error) {
		if account == 0 || !proved {
			return nil, store.ErrNotFound
		}
		return append(forgiven, auditUnfenced("ProveSession", account)), nil
	})
}

// ChangePassword implements store.Sessions. Triggers end what there was, and put the notice into the outbox.
func (s *Store) ChangePassword(
	ctx context.Context, token store.Secret, judged store.SignIn, hash store.Secret, from store.Browser,
) (store.Given, error) {
	if err := checkHash(hash); err != nil {
		return store.Given{}, doing("changing a password", err)
	}
	forgiven, err := s.forgive(ctx, judged.Email, from)
	if err != nil {
		return store.Given{}, err
	}
	a := s.arrival(from)
	a.created = time.Time{}
	var factor bool
	err = s.writeUnfenced(ctx, "changing a password", []statement{
		lockJudged(judged, &a.account, &factor),
		query(func(r row) error { return r.Scan(moment{&a.created}) },
			`SELECT created_at FROM sessions WHERE hash = $1 AND account_id = $2 AND NOT awaits_code AND `+ofPresent,
			hashOf(token), accountNumber(judged.AccountID)),
	}, func() ([]statement, error) {
		if a.account == 0 || a.created.IsZero() {
			return nil, store.ErrNotFound
		}
		writes := append(forgiven, exec(`UPDATE accounts SET password_hash = $2 WHERE id = $1`, a.account, string(hash.Reveal())),
			auditUnfenced("ChangePassword", a.account))
		return append(writes, a.writes()...), nil
	})
	return a.outcome(err)
}

// endWaysIn has a trigger end every way into the account that is open, as another password does.
func endWaysIn(account int64, now time.Time) statement {
	return exec(`UPDATE accounts SET ways_in_ended_at = $2 WHERE id = $1`, account, stamp(now))
}
