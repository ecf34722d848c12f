package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// endedKeys is how many keys of an account that ended are kept at most.
const endedKeys = 100

// keysNow has each called with every valid key of the account, the newest first.
func (h holder) keysNow(now time.Time, each func(store.APIKey)) statement {
	return query(func(r row) error {
		var one keyRow
		if err := r.Scan(one.into()...); err != nil {
			return err
		}
		key, err := one.key()
		each(key)
		return err
	}, `SELECT `+keyColumns+` FROM api_keys k WHERE `+keyIsOn+` AND k.account_id = $2 ORDER BY k.created_at DESC, k.id`, stamp(now), h.id)
}

// Keys implements store.HeldKeys.
func (h holder) Keys(ctx context.Context) (all []store.APIKey, err error) {
	err = h.look(ctx, "reading keys", h.keysNow(time.Now(), func(k store.APIKey) { all = append(all, k) }))
	return all, err
}

// heldKeys are the account's, under the lock of its row.
type heldKeys []store.APIKey

func (k heldKeys) of(id string) (store.APIKey, error) {
	n := slices.IndexFunc(k, func(each store.APIKey) bool { return each.ID == id })
	if n < 0 {
		return store.APIKey{}, store.ErrNotFound
	}
	return k[n], nil
}

// writeKeys is a transaction that looks at the valid keys.
func (h holder) writeKeys(ctx context.Context, what string, now time.Time, decide func(heldKeys) ([]statement, error)) error {
	var all heldKeys
	return h.write(ctx, what, []statement{h.keysNow(now, func(k store.APIKey) { all = append(all, k) })},
		func(heldRow) ([]statement, error) { return decide(all) })
}

// CreateKey implements store.HeldKeys.
func (h holder) CreateKey(ctx context.Context, by string, want store.APIKey) (made store.APIKey, text store.Secret, err error) {
	now := time.Now()
	if err := checkKey(want, now); err != nil {
		return made, text, doing("making a key", err)
	}
	err = h.writeKeys(ctx, "making a key", now, func(has heldKeys) (writes []statement, err error) {
		if by != "" {
			maker, err := has.of(by)
			if err != nil {
				return nil, err
			}
			if !maker.Covers(want) {
				return nil, &store.InvalidError{Field: "rights", Reason: "are more, or for longer, than the key has that makes it"}
			}
		}
		if len(has) >= store.KeysOfAccount {
			return nil, &store.InvalidError{Field: "keys", Reason: fmt.Sprintf("are %d already; delete one of them first", len(has))}
		}
		made, text, writes, err = h.addKey(want, now)
		return append(writes, queueMail(h.id, store.MailKeyMade, store.OriginHolder), h.audit("CreateKey", map[string][]string{"key": {made.ID}})), err
	})
	return keyMade(made, text, err)
}

func keyMade(made store.APIKey, text store.Secret, err error) (store.APIKey, store.Secret, error) {
	if err != nil {
		return store.APIKey{}, store.Secret{}, err
	}
	return made, text, nil
}

// checkKey holds a key that is to be made to what the table takes.
func checkKey(want store.APIKey, now time.Time) error {
	if err := checkText("name", want.Name, store.MaxKeyName); err != nil {
		return err
	}
	for _, right := range want.Rights {
		if !slices.Contains(store.KeyRights, right) {
			return &store.InvalidError{Field: "rights", Reason: fmt.Sprintf("%.40q is none of them", right)}
		}
	}
	if !want.Expires.IsZero() && !want.Expires.After(now) {
		return &store.InvalidError{Field: "expires", Reason: "is past"}
	}
	return nil
}

// addKey adds one like want, with a text that nobody had before.
func (h holder) addKey(want store.APIKey, now time.Time) (store.APIKey, store.Secret, []statement, error) {
	text, hash := readable(store.KeyPrefix)
	whole := string(text.Reveal())
	made := store.APIKey{
		ID: newID(), Name: want.Name, LastFour: whole[len(whole)-4:], AllRights: want.AllRights, Created: now, Expires: want.Expires,
	}
	var rights, expires any
	if !want.AllRights {
		made.Rights = slices.Compact(slices.Sorted(slices.Values(want.Rights)))
		list, err := json.Marshal(append([]store.KeyRight{}, made.Rights...))
		if err != nil {
			return made, text, nil, err
		}
		rights = string(list)
	}
	if !made.Expires.IsZero() {
		expires = stamp(made.Expires)
	}
	const over = `account_id = $1 AND (ended_at IS NOT NULL OR expires_at <= $2)`
	return made, text, []statement{
		exec(`DELETE FROM api_keys WHERE `+over+` AND id NOT IN (SELECT id FROM api_keys WHERE `+over+` ORDER BY created_at DESC, id LIMIT $3)`,
			h.id, stamp(now), endedKeys),
		exec(`INSERT INTO api_keys (id, account_id, hash, incarnation, name, last_four, rights, created_at, expires_at)
			SELECT $1, $2, $3, incarnation, $4, $5, $6, $7, $8 FROM identity`,
			made.ID, h.id, hash, made.Name, made.LastFour, rights, stamp(now), expires),
	}, nil
}

// ReplaceKey implements store.HeldKeys.
func (h holder) ReplaceKey(ctx context.Context, id string) (made store.APIKey, text store.Secret, err error) {
	now := time.Now()
	err = h.writeKeys(ctx, "replacing a key", now, func(has heldKeys) (writes []statement, err error) {
		former, err := has.of(id)
		if err != nil {
			return nil, err
		}
		made, text, writes, err = h.addKey(former, now)
		return append(writes, endKey(id, now), queueMail(h.id, store.MailKeyMade, store.OriginHolder), h.audit("ReplaceKey", map[string][]string{"key": {id, made.ID}})), err
	})
	return keyMade(made, text, err)
}

func endKey(id string, now time.Time) statement {
	return exec(`UPDATE api_keys SET hash = NULL, ended_at = $2 WHERE id = $1`, id, stamp(now))
}

// DeleteKey implements store.HeldKeys.
func (h holder) DeleteKey(ctx context.Context, id string) error {
	now := time.Now()
	return h.writeKeys(ctx, "deleting a key", now, func(has heldKeys) ([]statement, error) {
		if _, err := has.of(id); err != nil {
			return nil, err
		}
		return []statement{endKey(id, now), h.audit("DeleteKey", map[string][]string{"key": {id}})}, nil
	})
}

// BeginKeySession implements store.HeldKeys.
func (h holder) BeginKeySession(ctx context.Context, id string) (session store.Secret, expires time.Time, err error) {
	now := time.Now()
	session, hash := readable(store.KeySessionPrefix)
	expires = now.Add(store.KeySessionLifetime)
	err = h.writeKeys(ctx, "beginning a session of a key", now, func(has heldKeys) ([]statement, error) {
		if _, err := has.of(id); err != nil {
			return nil, err
		}
		return []statement{
			exec(`DELETE FROM api_sessions WHERE key_id = $1 AND hash NOT IN
				(SELECT hash FROM api_sessions WHERE key_id = $1 ORDER BY expires_at DESC, hash LIMIT $2)`, id, store.KeySessionsOfKey-1),
			exec(`INSERT INTO api_sessions (hash, key_id, expires_at) VALUES ($1, $2, $3)`, hash, id, stamp(expires)),
			h.audit("BeginKeySession", map[string][]string{"key": {id}}),
		}, nil
	})
	if err != nil {
		return store.Secret{}, time.Time{}, err
	}
	return session, expires, nil
}

// AllowFactor implements store.HeldKeys.
func (h holder) AllowFactor(ctx context.Context, id string) error {
	now := time.Now()
	return h.writeKeys(ctx, "allowing a second factor", now, func(has heldKeys) ([]statement, error) {
		if _, err := has.of(id); err != nil {
			return nil, err
		}
		return []statement{
			exec(`UPDATE api_keys SET factor_until = $2 WHERE id = $1`, id, stamp(now.Add(store.KeyFactorWindow))),
			h.audit("AllowFactor", map[string][]string{"key": {id}}),
		}, nil
	})
}
