package openid_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/account-operator/account-operator/internal/openid"
)

// forger answers at an issuer's addresses with whatever a test has it say: no real provider would.
type forger struct {
	*testing.T
	*httptest.Server
	client   *openid.Client
	key      *rsa.PrivateKey
	token    string         // the ID token of the next answer
	userInfo map[string]any // nil: there is none
	document map[string]any
}

func newForger(t *testing.T) *forger {
	t.Helper()
	f := &forger{T: t, document: map[string]any{}}
	mux := http.NewServeMux()
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	var err error
	f.key, err = rsa.GenerateKey(rand.Reader, 2048)
	f.must(err)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		said := map[string]any{
			"issuer": f.URL, "authorization_endpoint": f.URL + "/auth", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		}
		maps.Copy(said, f.document)
		f.answer(w, said)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		f.answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: f.key.Public(), KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		f.answer(w, map[string]any{"access_token": "canary-of-access", "token_type": "Bearer", "id_token": f.token})
	})
	mux.HandleFunc("/userinfo", func(w http.ResponseWriter, _ *http.Request) { f.answer(w, f.userInfo) })
	f.client, err = openid.New(openid.Options{Issuer: f.URL, ClientID: "us", Redirect: &url.URL{Scheme: "https", Host: "accounts.example.com"}, Log: quiet(t)})
	f.must(err)
	return f
}

func (f *forger) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *forger) answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // who has read enough goes
}

// asked is what a sign-in asks for.
func (f *forger) asked() url.Values {
	f.Helper()
	at, err := f.client.Begin(f.Context(), key, false)
	f.must(err)
	u, err := url.Parse(at)
	f.must(err)
	return u.Query()
}

// good are claims that prove alice.
func (f *forger) good() map[string]any {
	now := time.Now()
	return map[string]any{
		"iss": f.URL, "aud": "us", "sub": "alice", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "nonce": f.asked().Get("nonce"),
		"email": "alice@example.com", "email_verified": true,
	}
}

func (f *forger) signed(by any, algorithm jose.SignatureAlgorithm, claims map[string]any) string {
	f.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: by, KeyID: "one"}}, nil)
	f.must(err)
	text, err := json.Marshal(claims)
	f.must(err)
	token, err := signer.Sign(text)
	f.must(err)
	compact, err := token.CompactSerialize()
	f.must(err)
	return compact
}

// completes is who signs in with the ID token.
func (f *forger) completes(token string) (openid.Person, error) {
	f.Helper()
	f.token = token
	return f.client.Complete(f.Context(), key, url.Values{"state": {f.asked().Get("state")}, "code": {"canary-of-a-code"}})
}

// with is a good token but for one claim; nil leaves it out.
func (f *forger) with(name string, value any) string {
	f.Helper()
	claims := f.good()
	claims[name] = value
	if value == nil {
		delete(claims, name)
	}
	return f.signed(f.key, jose.RS256, claims)
}

// Given an ID token in which one thing is wrong, then it proves nobody; and one in which nothing is proves alice.
func TestComplete_ForgedToken_ProvesNobody(t *testing.T) {
	f := newForger(t)
	if got, err := f.completes(f.with("amr", []string{"pwd", "mfa"})); err != nil || got.Subject != "alice" || got.Email != "alice@example.com" || !got.MultiFactor {
		t.Fatalf("a good one: %+v, %v", got, err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	f.must(err)
	public, err := json.Marshal(jose.JSONWebKey{Key: f.key.Public()})
	f.must(err)
	text, err := json.Marshal(f.good())
	f.must(err)
	plain := base64.RawURLEncoding
	for name, token := range map[string]string{
		"none at all":               "",
		"no token":                  "canary-of-a-token",
		"unsigned":                  plain.EncodeToString([]byte(`{"alg":"none"}`)) + "." + plain.EncodeToString(text) + ".",
		"of another key":            f.signed(other, jose.RS256, f.good()),
		"signed by the public key":  f.signed(public, jose.HS256, f.good()),
		"expired":                   f.with("exp", time.Now().Add(-time.Minute).Unix()),
		"without an end":            f.with("exp", nil),
		"not good yet":              f.with("nbf", time.Now().Add(time.Hour).Unix()),
		"of a time to come":         f.with("iat", time.Now().Add(time.Hour).Unix()),
		"of another issuer":         f.with("iss", "https://login.example.com"),
		"for another client":        f.with("aud", "them"),
		"for two, made for another": f.with("aud", []string{"us", "them"}),
		"made for another":          f.with("azp", "them"),
		"of another sign-in":        f.with("nonce", "another"),
		"without a nonce":           f.with("nonce", nil),
		"of nobody":                 f.with("sub", nil),
		"of a long name":            f.with("sub", string(make([]byte, 256))),
		"of another access token":   f.with("at_hash", "another"),
		"who will sign in":          f.with("auth_time", time.Now().Add(time.Hour).Unix()),
	} {
		if got, err := f.completes(token); !errors.Is(err, openid.ErrRefused) || got != (openid.Person{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Given an address that the provider says is not verified, or says so in other ways, then only one that is verified counts.
func TestComplete_AddressNotVerified_IsNone(t *testing.T) {
	f := newForger(t)
	for name, each := range map[string]struct {
		verified any
		want     string
	}{"verified": {true, "alice@example.com"}, "in letters": {"true", "alice@example.com"}, "not": {false, ""}, "not, in letters": {"false", ""}, "unknown": {nil, ""}, "a number": {1, ""}} {
		if got, err := f.completes(f.with("email_verified", each.verified)); err != nil || got.Email != each.want {
			t.Errorf("%s: %q, %v", name, got.Email, err)
		}
	}
	// Where the token has no address it is asked for, and has to be of the same person.
	f = newForger(t)
	f.document["userinfo_endpoint"] = f.URL + "/userinfo"
	for subject, want := range map[string]error{"alice": nil, "mallory": openid.ErrRefused} {
		f.userInfo = map[string]any{"sub": subject, "email": "asked@example.com", "email_verified": true}
		got, err := f.completes(f.with("email", nil))
		if !errors.Is(err, want) || want == nil && got.Email != "asked@example.com" {
			t.Errorf("asked about %s: %+v, %v", subject, got, err)
		}
	}
}

// Given an answer without a good code, then its state is looked at first, and nothing of it is believed without.
func TestComplete_OtherAnswers_AreNotConfused(t *testing.T) {
	f := newForger(t)
	f.token = f.signed(f.key, jose.RS256, f.good())
	state := f.asked().Get("state")
	for name, each := range map[string]struct {
		answer url.Values
		want   error
	}{
		"nothing":              {url.Values{}, openid.ErrRefused},
		"no state":             {url.Values{"code": {"c"}}, openid.ErrRefused},
		"another state":        {url.Values{"code": {"c"}, "state": {"another"}}, openid.ErrRefused},
		"a stranger's error":   {url.Values{"error": {"access_denied"}}, openid.ErrRefused},
		"no code":              {url.Values{"state": {state}}, openid.ErrRefused},
		"another issuer":       {url.Values{"state": {state}, "code": {"c"}, "iss": {"https://login.example.com"}}, openid.ErrRefused},
		"its own issuer":       {url.Values{"state": {state}, "code": {"c"}, "iss": {f.URL}}, nil},
		"a visitor who leaves": {url.Values{"state": {state}, "error": {"access_denied"}}, openid.ErrDenied},
		"a busy provider":      {url.Values{"state": {state}, "error": {"temporarily_unavailable"}}, openid.ErrAway},
	} {
		if _, err := f.client.Complete(t.Context(), key, each.answer); !errors.Is(err, each.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f = newForger(t)
	f.document["authorization_response_iss_parameter_supported"] = true
	if _, err := f.client.Complete(t.Context(), key, url.Values{"state": {f.asked().Get("state")}, "code": {"c"}}); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("an answer of a provider that names itself, without a name: %v", err)
	}
}

// Given a provider that publishes what cannot be right, then nobody is sent there.
func TestBegin_StrangeProvider_IsNotUsed(t *testing.T) {
	for name, document := range map[string]map[string]any{
		"another name":             {"issuer": "https://login.example.com"},
		"a form in clear text":     {"authorization_endpoint": "http://login.example.com/auth"},
		"no scheme":                {"authorization_endpoint": "javascript:alert(1)"},
		"tokens in clear text":     {"token_endpoint": "http://login.example.com/token"},
		"keys in clear text":       {"jwks_uri": "http://login.example.com/keys"},
		"addresses in clear text":  {"userinfo_endpoint": "http://login.example.com/userinfo"},
		"more than anyone can say": {"extra": string(make([]byte, 2<<20))},
	} {
		f := newForger(t)
		f.document = document
		if at, err := f.client.Begin(t.Context(), key, false); !errors.Is(err, openid.ErrAway) {
			t.Errorf("%s: %q, %v", name, at, err)
		}
	}
}

// What a sign-in asks for: a code with PKCE, in scopes that were named, led back to us alone; and a fresh sign-in where it has to be one.
func TestBegin_Request_AsksForACodeWithPKCE(t *testing.T) {
	f := newForger(t)
	first := f.asked()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "us", "redirect_uri": "https://accounts.example.com", "scope": "openid", "code_challenge_method": "S256", "max_age": "",
	} {
		if got := first.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	seen := map[string]bool{}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(first.Get(name)) != 43 || seen[first.Get(name)] {
			t.Errorf("%s is %q", name, first.Get(name))
		}
		seen[first.Get(name)] = true
	}
	at, err := f.client.Begin(t.Context(), "another", true)
	f.must(err)
	u, err := url.Parse(at)
	f.must(err)
	if other := u.Query(); other.Get("max_age") != "0" || other.Get("prompt") != "login" || seen[other.Get("state")] || seen[other.Get("nonce")] {
		t.Errorf("again: %s", at)
	}
}
