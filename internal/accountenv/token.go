package accountenv

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/account-operator/account-operator/pkg/accounts"
)

// tokenMost bounds what is read of a token's file.
const tokenMost = 4 << 10

// token is the one in a file, where it is renewed.
type token struct {
	path        string
	last        [sha256.Size]byte
	wasRefused  bool
	lastRefused [sha256.Size]byte
}

// tokenError says why there is no token. It repeats nothing of the file.
type tokenError struct{ text string }

func (e *tokenError) Error() string { return e.text }

func tokenErrorf(format string, args ...any) error { return &tokenError{fmt.Sprintf(format, args...)} }

func (t *token) read(context.Context) (accounts.Secret, error) {
	file, err := os.Open(t.path)
	if err != nil {
		return accounts.Secret{}, tokenErrorf("--token-file: %v", err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, tokenMost))
	if err != nil {
		return accounts.Secret{}, tokenErrorf("--token-file: %v", err)
	}
	text = bytes.TrimSpace(text)
	t.last = sha256.Sum256(text)
	if bytes.HasPrefix(text, []byte("aok_")) {
		return accounts.Secret{}, tokenErrorf("%s holds a key of a service, which must never be where an account's programs run: "+
			"remove it there, and have the service make a token for the one account (POST /v1/accounts/ID/tokens)", t.path)
	}
	if !bytes.HasPrefix(text, []byte("aot_")) || bytes.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return accounts.Secret{}, tokenErrorf("%s holds no token for one account, as POST /v1/accounts/ID/tokens makes it", t.path)
	}
	if t.wasRefused && t.last == t.lastRefused {
		return accounts.Secret{}, t.void()
	}
	return accounts.NewSecret(text), nil
}

// refused keeps the token from being sent again: the API counts who guesses.
func (t *token) refused() error {
	t.wasRefused, t.lastRefused = true, t.last
	return t.void()
}

func (t *token) void() error {
	return tokenErrorf("the token in %s has expired or was revoked: write a new one there", t.path)
}
