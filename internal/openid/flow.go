package openid

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// derived is a value of one sign-in, which only who has its key can work out. So a browser that keeps the key in a cookie is all that remembers it,
// and any replica completes what another one began.
func derived(key, of string) string {
	bits, err := hkdf.Key(sha256.New, []byte(key), nil, "account-operator sign-in "+of, sha256.Size)
	if err != nil {
		panic(err) // the length is ours
	}
	return base64.RawURLEncoding.EncodeToString(bits)
}

// Begin is the address at which a visitor signs in, whose answer is good with the key only. Again: though he is signed in there already.
func (c *Client) Begin(ctx context.Context, key string, again bool) (string, error) {
	p, err := c.provider(ctx)
	if err != nil {
		return "", err
	}
	as, err := c.oauth(p)
	if err != nil {
		c.options.Log.Error(err, "Nobody can sign in by OpenID Connect")
		return "", ErrAway
	}
	how := []oauth2.AuthCodeOption{oidc.Nonce(derived(key, "nonce")), oauth2.S256ChallengeOption(derived(key, "verifier"))}
	if again {
		how = append(how, oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
	}
	return as.AuthCodeURL(derived(key, "state"), how...), nil
}

// Complete is who signed in, by what the provider had the visitor's browser bring. Its state is looked at before anything else.
func (c *Client) Complete(ctx context.Context, key string, answer url.Values) (Person, error) {
	if key == "" || !same(answer.Get("state"), derived(key, "state")) {
		return Person{}, ErrRefused
	}
	p, err := c.provider(ctx)
	if err != nil {
		return Person{}, err
	}
	if err := c.unsuccessful(p, answer); err != nil {
		return Person{}, err
	}
	select {
	case c.calls <- struct{}{}:
		defer func() { <-c.calls }()
	case <-ctx.Done():
		return Person{}, ErrAway
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.http), 2*askWithin)
	defer cancel()
	token, err := c.exchange(ctx, p, key, answer.Get("code"))
	if err != nil {
		return Person{}, err
	}
	return c.person(ctx, p, key, token)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// refuse logs what the visitor need not know. The cause is go-oidc's or ours, and quotes no token.
func (c *Client) refuse(why string, cause error) error {
	c.options.Log.Info("An answer of the OpenID Connect provider was refused", "why", why, "cause", text(cause))
	return ErrRefused
}

// text is what is logged of a cause.
func text(cause error) string {
	if cause == nil {
		return ""
	}
	const most = 200
	all := cause.Error()
	return all[:min(len(all), most)]
}

// unsuccessful is nil for an answer with a code.
func (c *Client) unsuccessful(p *provider, answer url.Values) error {
	// Where a provider names itself no answer of another one is taken for its (RFC 9207).
	if by, says := answer.Get("iss"), answer.Has("iss"); says && by != c.options.Issuer || !says && p.published.NamesItself {
		return c.refuse("it came from another provider", nil)
	}
	switch answer.Get("error") {
	case "":
		if answer.Get("code") == "" {
			return c.refuse("it has no code", nil)
		}
		return nil
	case "server_error", "temporarily_unavailable":
		return ErrAway
	default:
		return ErrDenied
	}
}

// exchange has the provider judge the code. What it answers may quote it, so only the error's name is logged.
func (c *Client) exchange(ctx context.Context, p *provider, key, code string) (*oauth2.Token, error) {
	as, err := c.oauth(p)
	if err != nil {
		c.options.Log.Error(err, "Nobody can sign in by OpenID Connect")
		return nil, ErrAway
	}
	token, err := as.Exchange(ctx, code, oauth2.VerifierOption(derived(key, "verifier")))
	refused := (*oauth2.RetrieveError)(nil)
	switch {
	case err == nil:
		return token, nil
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_grant":
		return nil, ErrRefused // used, expired, or of nobody
	case errors.As(err, &refused):
		c.options.Log.Info("The OpenID Connect provider gives no token: are the client's ID and secret those that it knows?",
			"status", refused.Response.StatusCode, "error", named(refused.ErrorCode))
	default:
		c.options.Log.Info("The OpenID Connect provider gives no token: it cannot be asked")
	}
	return nil, ErrAway
}

// named is an error's name, if it is one that RFC 6749 has for an answer with a token.
func named(code string) string {
	switch code {
	case "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope":
		return code
	default:
		return "another"
	}
}

// within is how far a provider's clock may be ahead of ours.
const within = time.Minute

// NewKey is one that nobody had before.
func NewKey() string { return rand.Text() }
