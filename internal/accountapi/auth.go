package accountapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// maxKey is longer than any key.
const maxKey = 256

// authenticate finds out whose the key is that a request has.
func (a *api) authenticate(r *http.Request) (store.KeyIn, error) {
	text, err := a.keyOf(r)
	if err != nil {
		return store.KeyIn{}, err
	}
	in, err := inTurn(r.Context(), a.turns, func() (store.KeyIn, error) { return a.Store.Key(r.Context(), text) })
	if errors.Is(err, store.ErrNotFound) {
		err = unknownKey
		if store.IsKeySession(text) {
			err = expired
		}
	}
	return in, err
}

// acting has what is written for the request be written only while the key is on.
func (a *api) acting(r *http.Request) (*http.Request, error) {
	text, err := a.keyOf(r)
	return r.WithContext(store.WithKey(r.Context(), text)), err
}

// keyOf is what the request shows: in the header, or where that is allowed in the address.
func (a *api) keyOf(r *http.Request) (store.Secret, error) {
	given := r.Header.Values("Authorization")
	inQuery := r.URL.Query()["api_key"]
	var text string
	switch {
	case len(given) == 1:
		scheme, key, _ := strings.Cut(given[0], " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return store.Secret{}, noKey
		}
		text = strings.TrimSpace(key)
	case len(given) > 1:
		return store.Secret{}, noKey
	case len(inQuery) == 1 && a.KeyInQuery:
		text = inQuery[0]
	case len(inQuery) > 0 && !a.KeyInQuery:
		return store.Secret{}, keyInQuery
	}
	switch {
	case text == "":
		return store.Secret{}, noKey
	case len(text) > maxKey:
		return store.Secret{}, unknownKey
	}
	return store.NewSecret([]byte(text)), nil
}

// authorize reports why a key may not, if so.
func (a *api) authorize(in store.KeyIn, of route) error {
	switch {
	case of.right != anyKey && !in.May(of.right):
		return noRight(of.right)
	case of.use == writes && in.HasFactor && !in.Session:
		return needsFactor
	case of.use == writes && !in.HasFactor && in.TwoFactor == "Required":
		return needsSetUp
	}
	return nil
}
