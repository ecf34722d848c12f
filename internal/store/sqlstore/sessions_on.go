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

// holdSession finds a session that is on, and keeps it so until the transaction ends: whatever ends one takes its row away. It comes after the
// lock of the account's row, as everywhere.
func holdSession(token store.Secret, stands *bool) statement {
	return query(func(row) error { *stands = true; return nil },
		`SELECT s.id FROM sessions s WHERE `+sessionIsOn+` AND s.hash = $3 AND NOT s.awaits_code FOR UPDATE`, on(time.Now(), hashOf(token))...)
}
