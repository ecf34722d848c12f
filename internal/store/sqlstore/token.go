package sqlstore

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// tokenSize is 256 bits: nobody finds one by trying, so that a plain hash keeps it well enough.
const tokenSize = 32

func newToken() store.Secret {
	bits := make([]byte, tokenSize)
	_, _ = rand.Read(bits) // it never fails: the program ends instead
	return store.NewSecret(base64.RawURLEncoding.AppendEncode(nil, bits))
}

// newID names a row, and opens nothing.
func newID() string { return string(newToken().Reveal()[:16]) }

func hashOf(token store.Secret) []byte {
	hash := sha256.Sum256(token.Reveal())
	return hash[:]
}

// addLinkTo lets the hash lead to the account, as long as the address is the one that it has or waits for.
func addLinkTo(hash []byte, account int64, purpose store.LinkPurpose, expires time.Time, address string) statement {
	return exec(`INSERT INTO links (hash, account_id, purpose, expires_at, email_key) VALUES ($1, $2, $3, $4, $5)`,
		hash, account, purpose, stamp(expires), addressKey(address))
}

// addLink lets the token lead to the account, as long as it has its present address.
func addLink(token store.Secret, account int64, purpose store.LinkPurpose, expires time.Time) statement {
	return exec(`INSERT INTO links (hash, account_id, purpose, expires_at, email_key) SELECT $1, id, $3, $4, email_key FROM accounts WHERE id = $2`,
		hashOf(token), account, purpose, stamp(expires))
}
