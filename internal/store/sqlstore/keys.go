package sqlstore

import (
	"context"
	"encoding/json"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

const (
	keyColumns = `k.id, k.name, k.last_four, coalesce(k.rights, ''), k.created_at, k.used_at, k.expires_at`
	keyOf      = `SELECT ` + keyColumns + `, CAST(a.id AS TEXT), a.email, a.two_factor_policy, EXISTS (SELECT 1 FROM factors f WHERE f.account_id = a.id), coalesce(k.factor_until > $1, FALSE)
		FROM api_keys k JOIN accounts a ON a.id = k.account_id WHERE ` + keyIsOn + ` AND ` + mayEnter
)

// keyRow scans a key.
type keyRow struct {
	store.APIKey

	rights string
}

func (k *keyRow) into() []any {
	return []any{&k.ID, &k.Name, &k.LastFour, &k.rights, moment{&k.Created}, moment{&k.Used}, moment{&k.Expires}}
}

func (k *keyRow) key() (store.APIKey, error) {
	if k.AllRights = k.rights == ""; k.AllRights {
		return k.APIKey, nil
	}
	return k.APIKey, json.Unmarshal([]byte(k.rights), &k.Rights)
}

// Key implements store.Keys.
func (s *Store) Key(ctx context.Context, text store.Secret) (store.KeyIn, error) {
	now, found := time.Now(), keyRow{}
	in := store.KeyIn{Session: store.IsKeySession(text)}
	asked := keyOf + ` AND k.hash = $2`
	if in.Session {
		asked = keyOf + ` AND k.id = (SELECT key_id FROM api_sessions WHERE hash = $2 AND expires_at > $1)`
	}
	err := s.engine.read(ctx, s.vouched(), query(func(r row) error {
		return r.Scan(append(found.into(), &in.AccountID, &in.Email, &in.TwoFactor, &in.HasFactor, &in.MayAddFactor)...)
	}, asked, stamp(now), hashOf(text)))
	if err == nil && in.AccountID == "" {
		err = store.ErrNotFound
	}
	if err == nil {
		in.APIKey, err = found.key()
	}
	if err != nil {
		return store.KeyIn{}, doing("looking a key up", err)
	}
	if hour := now.Truncate(time.Hour); in.Used.Before(hour) {
		err = s.writeUnfenced(ctx, "noting that a key is used", nil, func() ([]statement, error) {
			return []statement{exec(`UPDATE api_keys SET used_at = $2 WHERE id = $1`, in.ID, stamp(hour))}, nil
		})
	}
	return in, err
}
