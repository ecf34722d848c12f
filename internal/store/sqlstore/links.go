package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// Link looks a token up.
func (s *Store) Link(ctx context.Context, token store.Secret) (store.Link, error) {
	var l store.Link
	err := s.engine.read(ctx, s.vouched(), query(func(r row) error { return r.Scan(&l.Purpose, moment{&l.Expires}, &l.Email, &l.Theme) },
		`SELECT l.purpose, l.expires_at, a.email, a.theme FROM links l JOIN accounts a ON a.id = l.account_id
		WHERE l.hash = $1 AND l.expires_at > $2 AND a.deleted_at IS NULL AND a.access_suspended_at IS NULL AND a.email_key = l.email_key`, hashOf(token), stamp(time.Now())))
	if err == nil && l.Purpose == "" {
		err = store.ErrNotFound
	}
	return l, doing("looking a link up", err)
}

// ofProved asks whether the account of a link is live, its access not suspended, and still has the address that the link was made for, and
// whether that proves anything.
const ofProved = `(SELECT deleted_at IS NULL AND access_suspended_at IS NULL AND accounts.email_key = links.email_key AND NOT ` + notProved + ` FROM accounts WHERE id = account_id)`

// visitor is the account that a token led to.
type visitor struct {
	account  int64 // 0: it led nowhere
	password bool  // it has one
}

// redeem locks the account, so that the link is neither voided nor used twice meanwhile, and takes the link away.
func (v *visitor) redeem(token store.Secret, purpose store.LinkPurpose, now time.Time) []statement {
	return []statement{
		query(func(r row) error { return r.Scan(&v.password) },
			`SELECT password_hash IS NOT NULL FROM accounts WHERE id = (SELECT account_id FROM links WHERE hash = $1) FOR UPDATE`,
			hashOf(token)),
		query(func(r row) error { return r.Scan(&v.account) },
			`DELETE FROM links WHERE hash = $1 AND purpose = $2 AND expires_at > $3
				AND `+ofProved+` RETURNING account_id`,
			hashOf(token), purpose, stamp(now)),
	}
}

// ConfirmAddress uses a token up and gives the next one where the account has no password.
func (s *Store) ConfirmAddress(ctx context.Context, token store.Secret) (next store.Secret, err error) {
	now := time.Now()
	var v visitor
	err = s.writeUnfenced(ctx, "confirming an address", v.redeem(token, store.LinkVerifyAddress, now), func() ([]statement, error) {
		if v.account == 0 {
			return nil, store.ErrNotFound
		}
		writes := append(confirmed(v.account, now), auditUnfenced("ConfirmAddress", v.account))
		if !v.password && !s.withoutPasswords {
			next = newToken()
			writes = append(writes, addLink(next, v.account, store.LinkChoosePassword, now.Add(store.ResetLifetime)))
		}
		return writes, nil
	})
	if err != nil {
		return store.Secret{}, err
	}
	return next, nil
}

// confirmed notes that the holder reads what is sent to the address. What would have asked for that is void.
func confirmed(account int64, now time.Time) []statement {
	return []statement{
		exec(`UPDATE accounts SET email_verified_at = coalesce(email_verified_at, $2) WHERE id = $1`, account, stamp(now)),
		exec(`UPDATE mails SET state = 'Void', recipient = ''
			WHERE account_id = $1 AND kind IN ('VerifyAddress', 'ProveAddress') AND state IN ('Waiting', 'Dead')`, account),
		exec(`DELETE FROM links WHERE account_id = $1 AND purpose IN ('VerifyAddress', 'ProveAddress')`, account),
	}
}

// ChoosePassword uses a token up. Whoever has it reads what is sent to the address, which is thereby confirmed.
func (s *Store) ChoosePassword(ctx context.Context, token, hash store.Secret) error {
	if err := checkHash(hash); err != nil {
		return doing("choosing a password", err)
	}
	now := time.Now()
	var v visitor
	return s.writeUnfenced(ctx, "choosing a password", v.redeem(token, store.LinkChoosePassword, now), func() ([]statement, error) {
		if v.account == 0 {
			return nil, store.ErrNotFound
		}
		return append(confirmed(v.account, now),
			exec(`UPDATE accounts SET password_hash = $2 WHERE id = $1`, v.account, string(hash.Reveal())),
			auditUnfenced("ChoosePassword", v.account)), nil
	})
}
