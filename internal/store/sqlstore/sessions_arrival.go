package sqlstore

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/store"
)

// How much is kept of what a browser says of itself, and of where it comes from.
const (
	maxUserAgent = 200
	maxPeer      = 64
)

// arrival is a session that begins, under the lock of its account's row.
type arrival struct {
	account              int64
	from                 store.Browser
	now, created, proved time.Time
	given                store.Given
	silent               bool   // no mail says so
	half                 string // what was done where a code is still to come, as the audit has it
}

func (s *Store) arrival(from store.Browser) arrival {
	now := time.Now()
	return arrival{silent: s.withoutSignInMails, from: from, now: now, created: now, proved: now, half: "GivePassword"}
}

// outcome is what the browser gets, unless nothing was written.
func (a *arrival) outcome(err error) (store.Given, error) {
	if err != nil {
		return store.Given{}, err
	}
	return a.given, nil
}

// writes begin it, with a token that nobody had before, in place of the one that was unused longest where there are many.
func (a *arrival) writes() []statement {
	a.given.Session = newToken()
	all := []statement{
		exec(`DELETE FROM sessions WHERE account_id = $1 AND awaits_code = $2 AND hash NOT IN (SELECT hash FROM sessions
				WHERE account_id = $1 AND awaits_code = $2 ORDER BY used_at DESC, hash LIMIT $3)`,
			a.account, a.given.AwaitsCode, store.SessionsOfAccount-1),
		exec(`INSERT INTO sessions (hash, id, account_id, incarnation, awaits_code, created_at, used_at, proved_at, peer, user_agent)
			SELECT $1, $2, $3, incarnation, $4, $5, $6, $7, $8, $9 FROM identity`,
			hashOf(a.given.Session), newID(), a.account, a.given.AwaitsCode,
			stamp(a.created), stamp(a.now), stamp(a.proved), clip(a.from.Peer, maxPeer), clip(a.from.UserAgent, maxUserAgent)),
	}
	if a.given.AwaitsCode {
		return append(all, auditUnfenced(a.half, a.account))
	}
	if !a.silent {
		all = append(all, a.notice())
	}
	return append(append(all, a.know()...), auditUnfenced("SignIn", a.account))
}

// notice mails the holder of a browser that is not known, where others are: whoever signs in for the first time, or with another password,
// knows it himself.
func (a *arrival) notice() statement {
	const known = `SELECT 1 FROM known_browsers WHERE account_id = $1`
	return exec(`INSERT INTO mails (account_id, kind, recipient, origin) SELECT id, $3, email, $4 FROM accounts WHERE id = $1
		AND EXISTS (`+known+`) AND NOT EXISTS (`+known+` AND hash = $2)`, a.account, hashOf(a.from.Token), store.MailSignedIn, store.OriginHolder)
}

// know has the browser known from now on, by a token that it did not have before.
func (a *arrival) know() []statement {
	a.given.Browser = newToken()
	hash := hashOf(a.given.Browser)
	return []statement{
		exec(`UPDATE known_browsers SET hash = $2 WHERE hash = $1`, hashOf(a.from.Token), hash),
		exec(`DELETE FROM known_browsers WHERE account_id = $1 AND hash <> $2 AND hash NOT IN (SELECT hash FROM known_browsers
				WHERE account_id = $1 ORDER BY used_at DESC, hash LIMIT $3)`, a.account, hash, store.BrowsersOfAccount-1),
		exec(`INSERT INTO known_browsers (hash, account_id, used_at) VALUES ($1, $2, $3)
			ON CONFLICT (hash, account_id) DO UPDATE SET used_at = excluded.used_at`, hash, a.account, stamp(a.now)),
	}
}

// clip leaves so many bytes of a text that can be shown.
func clip(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
