package factor

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"net/url"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// seedSize is that of SHA-1, as RFC 4226 recommends.
const seedSize = 20

// letters are how an app takes a seed.
var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSeed draws one, for an app that is to be added.
func NewSeed() store.Secret {
	bits := make([]byte, seedSize)
	_, _ = rand.Read(bits) // it never fails: the process ends first
	return store.NewSecret(bits)
}

// Letters are the seed as it is typed into an app: 32 letters and digits.
func Letters(seed store.Secret) store.Secret {
	return store.NewSecret(letters.AppendEncode(nil, seed.Reveal()))
}

// FromLetters takes a seed of ours back.
func FromLetters(typed string) (store.Secret, error) {
	seed, err := letters.DecodeString(typed)
	if err != nil || len(seed) != seedSize {
		return store.Secret{}, errors.New("this is no seed of an app")
	}
	return store.NewSecret(seed), nil
}

// URI is what an app reads from a picture: whose account of whom the seed is for.
func URI(issuer, account string, seed store.Secret) store.Secret {
	// Apps differ in whether they take a plus for a space.
	query := strings.ReplaceAll(url.Values{"secret": {string(Letters(seed).Reveal())}, "issuer": {issuer}}.Encode(), "+", "%20")
	label := url.PathEscape(strings.ReplaceAll(issuer, ":", " ") + ":" + account)
	return store.NewSecret([]byte("otpauth://totp/" + label + "?" + query))
}
