package sqlstore

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// Attempts to sign in are counted beside the mails of an address: of those who never signed in there, and of each browser that did.
const (
	originSignIn  store.MailOrigin = "SignIn"
	originBrowser store.MailOrigin = "Browser"
)

// TrySignIn implements store.Sessions. Whether the browser is known does not have to hold for longer than that takes.
func (s *Store) TrySignIn(ctx context.Context, email string, from store.Browser) (store.SignIn, error) {
	if checkText("email", email, maxEmail) != nil {
		email = "" // nobody's
	}
	stranger, known, err := s.attempts(ctx, email, from)
	if err != nil {
		return store.SignIn{}, err
	}
	counted := stranger
	isKnown := query(func(r row) error {
		var is bool
		err := r.Scan(&is)
		if is {
			counted = known
		}
		return err
	}, `SELECT EXISTS (SELECT 1 FROM known_browsers WHERE hash = $1
		AND account_id = (SELECT id FROM accounts WHERE email_key = $2 AND deleted_at IS NULL))`, hashOf(from.Token), addressKey(email))
	judged := store.SignIn{Email: email}
	found := query(func(r row) error {
		var hash string
		err := r.Scan(&judged.AccountID, &hash)
		judged.Password = store.NewSecret([]byte(hash))
		return err
	}, `SELECT CAST(id AS TEXT), password_hash FROM accounts WHERE email_key = $1 AND `+maySignIn, addressKey(email))
	now := time.Now()
	err = s.writeUnfenced(ctx, "counting an attempt to sign in", []statement{isKnown, found},
		func() ([]statement, error) { return []statement{counted.take(now)}, nil })
	if err == nil && counted.used > store.SignInAttempts {
		err = &store.RateLimitedError{RetryAfter: min(mailSpan, counted.began.Add(mailSpan).Sub(now))}
	}
	if err != nil {
		return store.SignIn{}, err
	}
	return judged, nil
}

// attempts are the two budgets of which one counts.
func (s *Store) attempts(ctx context.Context, email string, from store.Browser) (stranger, known *budget, err error) {
	of, err := s.buckets(ctx)
	if err != nil {
		return nil, nil, err
	}
	return of.budget(originSignIn, email), of.budget(originBrowser, hex.EncodeToString(hashOf(from.Token))+" "+email), nil
}

// forgive begins to count again, for whoever gave the right password.
func (s *Store) forgive(ctx context.Context, email string, from store.Browser) (writes []statement, err error) {
	stranger, known, err := s.attempts(ctx, email, from)
	if err != nil {
		return nil, err
	}
	for _, b := range []*budget{known, stranger} {
		writes = append(writes, exec(`UPDATE mail_budgets SET used = 0 WHERE origin = $1 AND bucket = $2`, b.origin, b.bucket))
	}
	return writes, nil
}

// take counts one more and finds how many there were, so that of many at once each has another number, also of the first.
func (b *budget) take(now time.Time) statement {
	return query(func(r row) error { return r.Scan(moment{&b.began}, &b.used) },
		`INSERT INTO mail_budgets (origin, bucket, began, used) VALUES ($1, $2, $3, 1)
		ON CONFLICT (origin, bucket) DO UPDATE SET
			began = CASE WHEN mail_budgets.began > $4 THEN mail_budgets.began ELSE excluded.began END,
			used = CASE WHEN mail_budgets.began > $4 THEN mail_budgets.used ELSE 0 END + 1
		RETURNING began, used`, b.origin, b.bucket, stamp(now), stamp(now.Add(-mailSpan)))
}
