package sqlstore

import (
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// sessionIsOn asks that of a row of sessions; $1 and $2 are how long it may have been unused, and how long it may be there.
const sessionIsOn = `s.used_at > $1 AND s.created_at > $2 AND s.incarnation = (SELECT incarnation FROM identity)`

// on are the arguments of sessionIsOn.
func on(now time.Time, more ...any) []any {
	return append([]any{stamp(now.Add(-store.SessionIdle)), stamp(now.Add(-store.SessionLifetime))}, more...)
}

// keyIsOn asks that of a row of api_keys, at $1.
const keyIsOn = `k.ended_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $1) AND k.incarnation = (SELECT incarnation FROM identity)`

// hold finds what a holder acts by if it is on, and keeps it so until the transaction ends: whatever ends a session takes its row away, and
// whatever ends a key writes its row. It comes after the lock of the account's row, as everywhere.
func hold(by store.Acting, stands *bool) statement {
	found, now, hash := func(row) error { *stands = true; return nil }, time.Now(), hashOf(by.Token)
	switch {
	case !by.Key:
		return query(found, `SELECT s.id FROM sessions s WHERE `+sessionIsOn+` AND s.hash = $3 AND NOT s.awaits_code FOR UPDATE`, on(now, hash)...)
	case store.IsKeySession(by.Token):
		return query(found, `SELECT k.id FROM api_keys k WHERE `+keyIsOn+` AND k.id = (SELECT key_id FROM api_sessions WHERE hash = $2 AND expires_at > $1) FOR UPDATE`,
			stamp(now), hash)
	}
	return query(found, `SELECT k.id FROM api_keys k WHERE `+keyIsOn+` AND k.hash = $2 FOR UPDATE`, stamp(now), hash)
}
