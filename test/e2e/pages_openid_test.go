package e2e_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/openid"
)

// Given two replicas by themselves, without passwords, and a provider, when the one where a holder began to sign in is killed, then the other one
// completes it.
func TestPages_SignInByOpenID_AnotherReplicaCompletesIt(t *testing.T) {
	s := newPagesSite(t)
	s.migrates()
	s.mailed("alice")
	const clientSecret = "canary-of-the-client"
	alice := openid.User{ID: "alice-there", Username: "alice", Password: "canary-of-alice", Email: "alice@example.com", EmailVerified: true}
	provider, err := openid.New(t.Context(), "../..", clientSecret, s.url+"/sign-in/openid", alice)
	s.must(err)
	t.Cleanup(func() { s.must(provider.Close()) })
	secret := filepath.Join(t.TempDir(), "secret")
	s.must(os.WriteFile(secret, []byte(clientSecret), 0o600))
	replicas := map[string]*replica{}
	for range 2 { // the provider is away still
		r := s.starts("--portal-sign-in", "--portal-passwords=Off", "--portal-oidc-issuer="+provider.Issuer, "--portal-oidc-client-id="+openid.ClientID,
			"--portal-oidc-client-secret-file="+secret, "--portal-oidc-ca-file="+provider.CAFile, "--portal-oidc-name=Example Login", "--factor-keyset-file="+s.factors)
		s.becomesReady(r)
		replicas[r.pages] = r
	}
	s.must(provider.Start(t.Context()))
	s.shows("Sign in by Example Login", "/sign-in", nil)

	jar, err := cookiejar.New(nil)
	s.must(err)
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), s.url+"/") {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	opens := func(address string) (at, body string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		s.must(err)
		request.Close = true
		answer, err := browser.Do(request)
		s.must(err)
		defer func() { _ = answer.Body.Close() }()
		text, err := io.ReadAll(answer.Body)
		s.must(err)
		return answer.Header.Get("Location"), string(text)
	}
	away, page := opens(s.url + "/sign-in/provider")
	if !strings.HasPrefix(away, provider.Issuer+"/") {
		t.Fatalf("the button leads to %q:\n%s", away, page)
	}
	replicas[s.proxy.answered()].Kill()
	back, err := provider.SignIn(t.Context(), away, alice)
	s.must(err)
	if _, page := opens(back); !strings.Contains(page, "Your settings") || !strings.Contains(page, "alice@example.com") {
		t.Errorf("it does not let her in:\n%s", page)
	}
	s.shows("There are no passwords here", "/password?token=x", nil)
}
