package portal_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/account-operator/account-operator/internal/portal"
)

// forged are headers by which programs have been led astray that believed them.
var forged = map[string]string{
	"X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "8443", "X-Forwarded-Prefix": "/evil",
	"Forwarded": `host="evil.example.com";proto=https`, "X-Host": "evil.example.com", "X-Original-Host": "evil.example.com",
	"X-Original-URL": "/sign-out", "X-Rewrite-URL": "/sign-out", "X-HTTP-Method-Override": "DELETE", "X-Forwarded-For": "127.0.0.1", "Via": "1.1 evil",
}

// Given headers that say where the page is, when a holder signs in, by a password or at the provider, then he is led to this site alone, as without
// them.
func TestSignIn_ForgedHeaders_LeadNowhereElse(t *testing.T) {
	alice := user("alice")
	p := withProvider(t, portal.Options{}, alice)
	p.member("alice")
	pages, err := portal.New(p.options)
	p.must(err)
	answer := func(request *http.Request) *httptest.ResponseRecorder {
		request.RemoteAddr = "192.0.2.1:1"
		for name, value := range forged {
			request.Header.Set(name, value)
		}
		got := httptest.NewRecorder()
		pages.ServeHTTP(got, request)
		return got
	}
	signedIn := answer(p.form("/sign-in", "email", "alice@example.com", "password", fine))
	if at := signedIn.Header().Get("Location"); signedIn.Code != http.StatusSeeOther || at != "/settings" {
		t.Errorf("by a password: %d, to %q", signedIn.Code, at)
	}
	begun := answer(httptest.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/sign-in/provider", nil))
	at, err := url.Parse(begun.Header().Get("Location"))
	p.must(err)
	if back := at.Query().Get("redirect_uri"); at.Scheme+"://"+at.Host != p.provider.Issuer || back != p.url+"/sign-in/openid" {
		t.Errorf("by the provider: to %s, and back to %q", at.Host, back)
	}
	for _, got := range []*httptest.ResponseRecorder{signedIn, begun} {
		if said := strings.Join(got.Header().Values("Set-Cookie"), "\n") + got.Body.String(); strings.Contains(said, "evil") || strings.Contains(said, "Secure") ||
			strings.Contains(said, "Domain") {
			t.Errorf("what a header says is on the page, or of a cookie: %s", said)
		}
	}
}

// Given each form and address by which one signs in, or proves who one is, when everything that is entered there is a canary, then none is in the log
// at its highest level, nor in what metrics are made of.
func TestSignInForms_Canaries_AreInNoLogAndNoMetric(t *testing.T) {
	const canary = "canary-that-nobody-may-see"
	var mu sync.Mutex
	var reported []string
	alice := user("alice")
	p := withProvider(t, portal.Options{Report: func(page string, _ int) {
		mu.Lock()
		defer mu.Unlock()
		reported = append(reported, page)
	}}, alice)
	p.withCodes(p.member("alice"))
	p.withApp("alice@example.com")
	p.member("bob")
	p.secrets = append(p.secrets, []byte(canary))
	half, whole := p.browser(), p.browser()
	half.signIn("alice@example.com").shows(t, http.StatusOK, "Enter a code")
	whole.signIn("bob@example.com").shows(t, http.StatusOK, "Your settings")
	for _, each := range []struct {
		by     *guest
		path   string
		fields []string
	}{
		{p.browser(), "/sign-in", []string{"email", canary + "@example.com", "password", canary}},
		{p.browser(), "/sign-in", []string{"email", "alice@example.com", "password", canary}},
		{half, "/sign-in/code", []string{"code", canary}},
		{whole, "/settings/prove", []string{"current", canary, "code", canary, "for", canary}},
		{whole, "/settings/password", []string{"current", canary, "password", canary, "repeat", canary}},
		{whole, "/settings/two-factor/add", []string{"seed", canary, "code", canary, "name", canary}},
		{whole, "/password", []string{"token", canary, "password", canary, "repeat", canary}},
		{whole, "/link", []string{"email", canary + "@example.com", "purpose", canary}},
	} {
		if got := each.by.post(each.path, each.fields...); got.status >= http.StatusInternalServerError {
			t.Errorf("%s: %d", each.path, got.status)
		}
	}
	for _, query := range []string{"code=" + canary + "&state=" + canary, "error=" + canary + "&error_description=" + canary + "&state=x", "iss=" + canary} {
		p.browser().get("/sign-in/openid?"+query).shows(t, http.StatusForbidden, "Sign in")
	}
	b := p.browser()
	answer := p.answered(b, "/sign-in/provider", alice)
	u, err := url.Parse(answer)
	p.must(err)
	changed := u.Query()
	changed.Set("code", canary) // which the provider refuses, and may quote
	b.get("/sign-in/openid?"+changed.Encode()).shows(t, http.StatusForbidden, "Sign in")
	b.plant("session", canary)
	b.plant("sign-in", canary)
	b.get("/settings").shows(t, http.StatusOK, "Sign in")
	mu.Lock()
	defer mu.Unlock()
	if all := strings.Join(reported, " "); strings.Contains(all, "canary") || len(reported) == 0 {
		t.Errorf("what was entered is a metric's: %s", all)
	}
}
