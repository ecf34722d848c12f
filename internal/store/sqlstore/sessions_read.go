package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// ofSession is what is read of one.
const ofSession = `s.id, s.created_at, s.used_at, s.proved_at, s.peer, s.user_agent`

func sessionInto(s *store.Session) []any {
	return []any{&s.ID, moment{&s.Created}, moment{&s.Used}, moment{&s.Proved}, &s.Peer, &s.UserAgent}
}

// Session implements store.Sessions.
func (s *Store) Session(ctx context.Context, token store.Secret) (store.SignedIn, error) {
	now := time.Now()
	var in store.SignedIn
	err := s.engine.read(ctx, s.vouched(),
		query(func(r row) error {
			return r.Scan(append(sessionInto(&in.Session), &in.AwaitsCode, &in.AccountID, &in.Email, &in.Theme, &in.TwoFactor, &in.AddressConfirmed,
				&in.Factors.BackupCodesRemaining, &in.HasPassword, &in.HasSubject)...)
		}, `SELECT `+ofSession+`, s.awaits_code, CAST(a.id AS TEXT), a.email, a.theme, a.two_factor_policy, a.email_verified_at IS NOT NULL,
				(SELECT count(*) FROM backup_codes b WHERE b.account_id = a.id), a.password_hash IS NOT NULL,
				EXISTS (SELECT 1 FROM provider_subjects p WHERE p.account_id = a.id)
			FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE `+sessionIsOn+` AND s.hash = $3 AND `+mayEnter,
			on(now, hashOf(token))...),
		query(func(r row) error {
			var method store.FactorMethod
			err := r.Scan(&method)
			in.Factors.Methods = append(in.Factors.Methods, method)
			return err
		}, `SELECT DISTINCT method FROM factors WHERE account_id = (SELECT account_id FROM sessions WHERE hash = $1) ORDER BY method`, hashOf(token)))
	switch {
	case err != nil:
		return store.SignedIn{}, doing("looking a session up", err)
	case in.ID == "", in.AwaitsCode && now.Sub(in.Created) > store.SessionCode:
		return store.SignedIn{}, doing("looking a session up", store.ErrNotFound)
	case now.Sub(in.Used) < usedEvery:
		return in, nil
	}
	return in, s.writeUnfenced(ctx, "noting that a session is used", nil, func() ([]statement, error) {
		return []statement{exec(`UPDATE sessions SET used_at = $2 WHERE hash = $1`, hashOf(token), stamp(now))}, nil
	})
}

// Sessions implements store.Sessions.
func (s *Store) Sessions(ctx context.Context, accountID string) (all []store.Session, err error) {
	err = s.engine.read(ctx, s.vouched(), query(func(r row) error {
		var one store.Session
		err := r.Scan(sessionInto(&one)...)
		one.Used = one.Used.Truncate(time.Hour)
		all = append(all, one)
		return err
	}, `SELECT `+ofSession+` FROM sessions s WHERE `+sessionIsOn+` AND s.account_id = $3 AND NOT s.awaits_code ORDER BY s.used_at DESC, s.id`,
		on(time.Now(), accountNumber(accountID))...))
	return all, doing("listing sessions", err)
}

// EndSession implements store.Sessions.
func (s *Store) EndSession(ctx context.Context, accountID, id string) error {
	ended := false
	return s.writeUnfenced(ctx, "ending a session", []statement{lockAccount(accountID), query(func(row) error { ended = true; return nil },
		`DELETE FROM sessions WHERE account_id = $1 AND id = $2 RETURNING id`, accountNumber(accountID), id)},
		acceptance(&ended, auditUnfenced("EndSession", accountNumber(accountID))))
}

// EndOtherSessions implements store.Sessions.
func (s *Store) EndOtherSessions(ctx context.Context, accountID, id string) error {
	ended := false
	err := s.writeUnfenced(ctx, "ending sessions", []statement{lockAccount(accountID), query(func(row) error { ended = true; return nil },
		`DELETE FROM sessions WHERE account_id = $1 AND id <> $2 RETURNING id`, accountNumber(accountID), id)},
		func() ([]statement, error) {
			if !ended {
				return nil, nil
			}
			return []statement{auditUnfenced("EndSessions", accountNumber(accountID))}, nil
		})
	return err
}
