package portal_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/openid"
	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/test/logged"
	provider "github.com/account-operator/account-operator/test/openid"
)

const clientSecret = "canary-of-the-client"

// user is who can sign in at the provider, with a verified address.
func user(name string) provider.User {
	return provider.User{ID: name + "-there", Username: name, Password: "canary-of-" + name, Email: name + "@example.com", EmailVerified: true}
}

// unverified is the same, and the provider has not verified the address.
func unverified(u provider.User) provider.User {
	u.EmailVerified = false
	return u
}

// namesake is another one with the same address.
func namesake(u provider.User) provider.User {
	u.ID, u.Username = u.ID+"-2", u.Username+"-2"
	return u
}

func multiFactor(u provider.User) provider.User {
	u.MultiFactor = true
	return u
}

// providerScene is a portal, and a real provider at which holders sign in.
type providerScene struct {
	*scene
	provider *provider.Provider
}

// beside a provider that does not run yet, with options beside those that each has.
func beside(t *testing.T, o portal.Options, users ...provider.User) *providerScene {
	t.Helper()
	p, said := &providerScene{}, &logged.Log{}
	t.Cleanup(func() {
		for _, secret := range p.secrets {
			if len(secret) >= 12 && bytes.Contains(said.Bytes(), secret) {
				t.Error("what nobody may see is in the log of the sign-in at the provider")
			}
		}
	})
	p.scene = newSceneAt(t, nil, func(at *url.URL) portal.Options {
		secret := filepath.Join(t.TempDir(), "secret")
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		must(os.WriteFile(secret, []byte(clientSecret), 0o600))
		var err error
		p.provider, err = provider.New(t.Context(), "../..", clientSecret, portal.OpenIDURL(at).String(), users...)
		must(err)
		t.Cleanup(func() { must(p.provider.Close()) })
		client, err := openid.New(openid.Options{
			Issuer: p.provider.Issuer, ClientID: provider.ClientID, SecretFile: secret, Scopes: []string{"email"}, CAFile: p.provider.CAFile,
			Redirect: portal.OpenIDURL(at), Log: said.Logger(),
		})
		must(err)
		if o.OpenID == nil {
			o.OpenID = &portal.OpenID{}
		}
		o.OpenID.Client, o.OpenID.Name = client, "Example Login"
		return o
	})
	p.secrets = append(p.secrets, []byte(clientSecret))
	for _, u := range users {
		p.secrets = append(p.secrets, []byte(u.Password))
	}
	return p
}

func withProvider(t *testing.T, o portal.Options, users ...provider.User) *providerScene {
	t.Helper()
	p := beside(t, o, users...)
	p.must(p.provider.Start(t.Context()))
	return p
}

// led is where a page leads the browser to, without following it.
func (b *guest) led(path string) string {
	b.Helper()
	stays := *b.client
	stays.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.url+path, nil)
	b.must(err)
	return b.doBy(&stays, request).header.Get("Location")
}

// answered is the page of ours that the provider leads a visitor back to, who pressed the button and signed in there.
func (p *providerScene) answered(b *guest, button string, who provider.User) (path string) {
	p.Helper()
	at := b.led(button)
	if !strings.HasPrefix(at, p.provider.Issuer+"/") {
		p.Fatalf("the button leads to %q", at)
	}
	back, err := p.provider.SignIn(context.WithoutCancel(p.Context()), at, who)
	p.must(err)
	path, is := strings.CutPrefix(back, p.url)
	if !is {
		p.Fatalf("the provider leads to %q", back)
	}
	u, err := url.Parse(back)
	p.must(err)
	for _, name := range []string{"code", "state"} {
		p.secrets = append(p.secrets, []byte(u.Query().Get(name)))
	}
	return path
}

// enters presses the button, signs in there, and comes back.
func (p *providerScene) enters(b *guest, who provider.User) seen {
	p.Helper()
	return b.get(p.answered(b, "/sign-in/provider", who))
}
