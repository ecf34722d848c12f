package reader

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// tokenLifetime is how long a token for one account is valid.
const tokenLifetime = time.Hour

// TokenRequest is what a token shall be for. Without rights it has those of who asks, but for that to make tokens.
type TokenRequest struct {
	Rights []string `json:"rights,omitempty"`
}

// Token is a new token. It is shown this once.
type Token struct {
	Token   string    `json:"token"`
	Account string    `json:"account"`
	Rights  []string  `json:"rights"`
	Expires time.Time `json:"expires"`
}

func (r *Reader) mint(w http.ResponseWriter, req *http.Request, who *principal) *problem {
	account, ok := accountOf(req)
	switch {
	case !ok:
		return notFound
	case who.token || !who.reads(account):
		return forbidden
	}
	leave := r.limits.enter(&r.limits.served, who.name)
	if leave == nil {
		return busy
	}
	defer leave()
	rights, refused := wanted(req.Body, who)
	if refused != nil {
		return refused
	}
	ctx, cancel := context.WithTimeout(req.Context(), readWithin)
	defer cancel()
	want := store.ReaderToken{Account: account, Rights: rights, By: who.name, Expires: time.Now().Add(tokenLifetime).Truncate(time.Second)}
	if !who.expires.IsZero() && who.expires.Before(want.Expires) {
		want.Expires = who.expires // nobody hands on more than he has
	}
	text, err := r.readers.CreateReaderToken(ctx, want)
	if err != nil {
		return problemOf(err)
	}
	send(w, http.StatusCreated, Token{Token: string(text.Reveal()), Account: req.PathValue("id"), Rights: rights, Expires: want.Expires.UTC()})
	return nil
}

// wanted are the rights that a body asks for.
func wanted(body io.Reader, who *principal) ([]string, *problem) {
	var asked TokenRequest
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil && !errors.Is(err, io.EOF) || decoder.More() {
		return nil, badRequest
	}
	return handedOn(who, asked.Rights)
}

// handedOn are the rights of a token, of those that its maker has.
func handedOn(who *principal, asked []string) ([]string, *problem) {
	if len(asked) == 0 {
		asked = slices.DeleteFunc(slices.Clone(who.rights), func(right string) bool { return right == store.RightTokens })
	}
	asked = slices.Compact(slices.Sorted(slices.Values(asked)))
	for _, right := range asked {
		switch {
		case !slices.Contains(store.ReaderRights, right):
			return nil, badRequest
		case right == store.RightTokens || !who.may(right):
			return nil, forbidden
		}
	}
	if len(asked) == 0 {
		return nil, forbidden
	}
	return asked, nil
}
