package portal_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/account-operator/account-operator/internal/portal"
)

func TestSignIn_RightPassword_OpensTheSettings(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.get("/settings").shows(t, http.StatusOK, "Sign in")
	got := b.signIn(s.member("alice")).shows(t, http.StatusOK, "Your settings").says(t, "alice@example.com")
	if got.path != "/settings" {
		t.Errorf("it leads to %s", got.path)
	}
	b.get("/settings").shows(t, http.StatusOK, "Your settings")
	s.browser().get("/settings").shows(t, http.StatusOK, "Sign in")
}

// Given holders who may sign in, or not, when one comes to the pages by their address, or has chosen a password, then he is led to it, or not.
func TestSignIn_SwitchedOnOrOff_IsOfferedOrNot(t *testing.T) {
	s := newScene(t)
	offers := func(got seen) bool {
		return slices.ContainsFunc(elements(got.parse(t), "a"), func(a *html.Node) bool { return attribute(a, "href") == "/sign-in" })
	}
	chosen := s.post("/password", "token", string(s.resetFor(s.settledAccount("alice")).Reveal()), "password", fine, "repeat", fine)
	if !offers(s.get("/")) || !offers(chosen.shows(t, http.StatusOK, "Your password is set")) || offers(s.get("/expired")) {
		t.Error("it is not offered, or to who came for another thing")
	}
	o := s.options
	o.Holders = nil
	pages, err := portal.New(o)
	s.must(err)
	for path, status := range map[string]int{"/": http.StatusOK, "/sign-in": http.StatusNotFound, "/settings": http.StatusNotFound} {
		answer := httptest.NewRecorder()
		pages.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil))
		if answer.Code != status || offers(seen{body: answer.Body.String()}) {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
}

// Given an account with an authenticator app, when the password is given, then only its code signs in, and only once.
func TestSignIn_AccountHasAnApp_AsksForItsCode(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	s.withApp(alice)
	b := s.browser()
	b.signIn(alice).shows(t, http.StatusOK, "Enter a code")
	b.get("/settings").shows(t, http.StatusOK, "Sign in")
	b.post("/sign-in/code", "code", "000000").shows(t, http.StatusUnprocessableEntity, "Enter a code").says(t, "The code is wrong")
	code := s.code(0)
	b.post("/sign-in/code", "code", code[:3]+" "+code[3:]).shows(t, http.StatusOK, "Your settings")
	other := s.browser()
	other.signIn(alice).shows(t, http.StatusOK, "Enter a code")
	other.post("/sign-in/code", "code", code).shows(t, http.StatusUnprocessableEntity, "Enter a code")
	s.browser().post("/sign-in/code", "code", s.code(1)).shows(t, http.StatusOK, "Sign in")
}

func TestSignOut_Pressed_EndsTheSessionInTheStore(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.signIn(s.member("alice")).shows(t, http.StatusOK, "Your settings")
	token := b.cookie("session")
	b.post("/sign-out").shows(t, http.StatusOK, "Sign in")
	if b.cookie("session") != "" || b.cookie("browser") == "" {
		t.Error("the session's cookie is kept, or that of the browser is not")
	}
	b.plant("session", token)
	b.get("/settings").shows(t, http.StatusOK, "Sign in")
	b.post("/sign-out").shows(t, http.StatusOK, "Sign in")
}

// Given accounts that cannot sign in, for all there are of reasons, when a stranger tries, then each answer is the same byte by byte, and
// made with the same work.
func TestSignIn_AccountCannot_AnswerSaysNothing(t *testing.T) {
	s := newScene(t)
	s.member("alice")
	s.newAccount("new", "Dark")
	s.newAccount("forged", "Dark")
	s.exec(`UPDATE accounts SET password_hash = '$argon2id$unreadable' WHERE email = 'forged@example.com'`)
	s.member("bare")
	s.exec(`UPDATE accounts SET password_hash = NULL WHERE email = 'bare@example.com'`)
	s.member("gone")
	s.exec(`UPDATE accounts SET deleted_at = created_at WHERE email = 'gone@example.com'`)
	s.withApp(s.member("guarded"))
	answers := map[string]string{}
	for _, name := range []string{"alice", "nobody", "new", "forged", "bare", "gone", "guarded"} {
		before := s.options.Hasher.Made()
		got := s.post("/sign-in", "email", name+"@example.com", "password", "wrong tigers dance")
		if got.status != http.StatusUnprocessableEntity || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d", name, got.status)
		}
		if made := s.options.Hasher.Made() - before; made != 1 {
			t.Errorf("%s: %d hashes were made", name, made)
		}
		answers[strings.ReplaceAll(got.body, name+"@", "NAME@")] += " " + name
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
	// The right password of who may not is a wrong one.
	for _, name := range []string{"gone", "nobody"} {
		s.post("/sign-in", "email", name+"@example.com", "password", fine).shows(t, http.StatusUnprocessableEntity, "Sign in").says(t, "is wrong")
	}
}

// Given a browser in which a stranger planted a token, when its holder signs in, then the session has another, at each step.
func TestSession_TokenPlantedBefore_IsAnotherAfterwards(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	s.withApp(alice)
	b, mallory := s.browser(), s.browser()
	mallory.signIn(s.member("mallory")).shows(t, http.StatusOK, "Your settings")
	b.plant("session", mallory.cookie("session"))
	seenTokens := map[string]bool{b.cookie("session"): true}
	for _, take := range []func() seen{
		func() seen { return b.signIn(alice).shows(t, http.StatusOK, "Enter a code") },
		func() seen {
			return b.post("/sign-in/code", "code", s.code(0)).shows(t, http.StatusOK, "Your settings")
		},
	} {
		take()
		if token := b.cookie("session"); token == "" || seenTokens[token] {
			t.Error("the session goes on with a token of before")
		} else {
			seenTokens[token] = true
		}
	}
	mallory.get("/settings").shows(t, http.StatusOK, "Your settings").says(t, "mallory@example.com")
}

func TestSession_Cookie_StaysWithThisHostAndAwayFromScripts(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	at, err := url.Parse("https://accounts.example.com")
	s.must(err)
	o := s.options
	o.URL = at
	pages, err := portal.New(o)
	s.must(err)
	request := s.form("/sign-in", "email", alice, "password", fine)
	request.URL.Host, request.Host, request.RemoteAddr = at.Host, at.Host, "192.0.2.1:1"
	answer := httptest.NewRecorder()
	pages.ServeHTTP(answer, request)
	if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/settings" || answer.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d, %v", answer.Code, answer.Header())
	}
	var given []string
	for _, c := range answer.Result().Cookies() {
		if len(c.Value) != 43 {
			t.Errorf("a token of %d characters", len(c.Value))
		}
		given = append(given, strings.Replace(c.String(), c.Value, "...", 1))
	}
	want := []string{
		"__Host-session=...; Path=/; HttpOnly; Secure; SameSite=Lax",
		"__Host-browser=...; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax",
	}
	if diff := cmp.Diff(want, given); diff != "" {
		t.Error(diff)
	}
}

func TestSettings_FormFromAnotherSite_ChangesNothing(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.signIn(s.member("alice")).shows(t, http.StatusOK, "Your settings")
	for _, path := range []string{"/sign-out", "/sign-in", "/sign-in/code"} {
		request := s.form(path, "email", "alice@example.com", "password", fine)
		request.Header.Set("Sec-Fetch-Site", "cross-site")
		s.doBy(b.client, request).shows(t, http.StatusForbidden, "This form came from elsewhere")
	}
	b.get("/settings").shows(t, http.StatusOK, "Your settings")
}

// No page of a member is kept by a cache or shown in a frame of another site, and each is for this host alone.
func TestSettings_Headers_AreThoseOfAllPages(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.signIn(s.member("alice"))
	got := b.get("/settings").shows(t, http.StatusOK, "Your settings")
	for header, want := range map[string]string{"Cache-Control": "no-store", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"} {
		if is := got.header.Get(header); is != want {
			t.Errorf("%s is %q", header, is)
		}
	}
	if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %s", policy)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/settings", nil)
	s.must(err)
	request.Host = "evil.example.com"
	request.Header.Set("Cookie", "session="+b.cookie("session"))
	s.do(request).shows(t, http.StatusMisdirectedRequest, "There is nothing here")
}
