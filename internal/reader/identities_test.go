package reader_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/reader"
)

const (
	issuerName = "https://kubernetes.default.svc.cluster.local"
	audience   = "account-operator-reader"
)

// issuer signs as an API server does, and publishes its key in a file.
type issuer struct {
	testing.TB
	key  *rsa.PrivateKey
	file string
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{TB: t, file: filepath.Join(t.TempDir(), "keys.json")}
	i.rotate()
	return i
}

func (i *issuer) rotate() {
	i.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		i.Fatal(err)
	}
	i.key = key
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
	if err == nil {
		err = os.WriteFile(i.file, text, 0o600)
	}
	if err != nil {
		i.Fatal(err)
	}
}

// claims are those of a token for the ServiceAccount runner/agent.
func claims() map[string]any {
	now := time.Now()
	return map[string]any{
		"iss": issuerName, "aud": []string{audience}, "sub": "system:serviceaccount:runner:agent",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"kubernetes.io": map[string]any{"namespace": "runner", "serviceaccount": map[string]any{"name": "agent", "uid": "u"}},
	}
}

func (i *issuer) token(claims map[string]any) string {
	i.Helper()
	return i.sign(jose.SigningKey{Algorithm: jose.RS256, Key: i.key}, "one", claims)
}

func (i *issuer) sign(by jose.SigningKey, id string, claims map[string]any) string {
	i.Helper()
	signer, err := jose.NewSigner(by, (&jose.SignerOptions{}).WithHeader("kid", id))
	if err != nil {
		i.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		i.Fatal(err)
	}
	return text
}

// granted has a scene give rights by a file.
func granted(t testing.TB, text string) (path string, change func(*reader.Options)) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "grants.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	grants, err := reader.LoadGrants(path, logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	return path, func(o *reader.Options) { o.Grants = grants }
}

const agents = "serviceAccounts:\n- {namespace: runner, name: agent, rights: [env], accounts: [1]}\n"

// Given a ServiceAccount with rights, when it shows the token that its cluster projected, then it reads what these allow; and any token that is
// not of that form, issuer, audience, time and key is nobody's.
func TestIdentity_ProjectedToken_IsProvedOffline(t *testing.T) {
	i := newIssuer(t)
	identities, err := reader.LoadIdentities(t.Context(), issuerName, audience, i.file)
	if err != nil {
		t.Fatal(err)
	}
	_, grants := granted(t, agents)
	s := newScene(t, grants, func(o *reader.Options) { o.Identities = identities })
	env := "/v1/accounts/" + s.alice + "/env"
	good := i.token(claims())
	if got := s.ask(http.MethodGet, env, good); got.status != http.StatusOK {
		t.Fatalf("%+v", got)
	}
	for path, want := range map[string]int{"/v1/accounts/" + s.alice + "/connections": 403, "/v1/accounts/" + s.bob + "/env": 403} {
		if got := s.ask(http.MethodGet, path, good); got.status != want {
			t.Errorf("%s: %+v", path, got)
		}
	}
	with := func(name string, value any) string {
		changed := claims()
		if changed[name] = value; value == nil {
			delete(changed, name)
		}
		return i.token(changed)
	}
	stranger := newIssuer(t)
	published, err := os.ReadFile(i.file)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for what, token := range map[string]string{
		"another issuer":           with("iss", "https://elsewhere"),
		"another audience":         with("aud", []string{"https://kubernetes.default.svc"}),
		"no audience":              with("aud", nil),
		"expired":                  with("exp", now.Add(-time.Minute).Unix()),
		"never expires":            with("exp", nil),
		"expires in a year":        with("exp", now.Add(365*24*time.Hour).Unix()),
		"not yet":                  with("nbf", now.Add(time.Hour).Unix()),
		"another subject":          with("sub", "system:serviceaccount:runner:other"),
		"no subject":               with("sub", nil),
		"no ServiceAccount":        with("kubernetes.io", nil),
		"one without rights":       i.token(withServiceAccount("runner", "other")),
		"of another namespace":     i.token(withServiceAccount("other", "agent")),
		"signed by a stranger":     stranger.token(claims()),
		"of a key of another name": i.sign(jose.SigningKey{Algorithm: jose.RS256, Key: i.key}, "two", claims()),
		"signed with the published key as a secret": i.sign(jose.SigningKey{Algorithm: jose.HS256, Key: published}, "one", claims()),
		"not signed":  "eyJhbGciOiJub25lIiwia2lkIjoib25lIn0." + good[37:len(good)-344] + ".",
		"cut short":   good[:len(good)-4],
		"three words": "a.b.c",
	} {
		if got := s.ask(http.MethodGet, env, token); got.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", what, got.status)
		}
	}
}

func withServiceAccount(namespace, name string) map[string]any {
	changed := claims()
	changed["sub"] = "system:serviceaccount:" + namespace + ":" + name
	changed["kubernetes.io"] = map[string]any{"namespace": namespace, "serviceaccount": map[string]any{"name": name}}
	return changed
}

// Given what is no set of public keys, when it is named, then it is refused at once.
func TestLoadIdentities_NoPublishedKeys_Refused(t *testing.T) {
	private, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: newIssuer(t).key, KeyID: "one"}}})
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"no JSON": "x", "a private key": string(private), "a key without a name": `{"keys":[{"kty":"oct","k":"AA"}]}`} {
		path := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := reader.LoadIdentities(t.Context(), issuerName, audience, path); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	for _, c := range [][3]string{{"", audience, "x"}, {issuerName, "", "x"}, {issuerName, audience, "http://127.0.0.1:1/keys"}, {issuerName, audience, "/nowhere"}} {
		if _, err := reader.LoadIdentities(t.Context(), c[0], c[1], c[2]); err == nil {
			t.Errorf("%v is taken", c)
		}
	}
}
