package portal_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/test/await"
)

const (
	kept      = "You cannot sign in here"
	elsewhere = "began in another browser"
)

// Given a holder with a password, when he signs in at the provider, and out, and in again, then he is let in each time, and signing out ends
// our session alone.
func TestOpenID_HolderOfTheAddress_SignsIn(t *testing.T) {
	p := withProvider(t, portal.Options{}, user("alice"))
	p.member("alice")
	b := p.browser()
	b.get("/sign-in").shows(t, http.StatusOK, "Sign in").says(t, "Sign in by Example Login")
	for range 2 {
		p.enters(b, user("alice")).shows(t, http.StatusOK, "Your settings").says(t, "alice@example.com")
		b.post("/sign-out").shows(t, http.StatusOK, "Sign in")
		b.get("/settings").shows(t, http.StatusOK, "Sign in")
	}
	b.signIn("alice@example.com").shows(t, http.StatusOK, "Your settings") // by the password, as before
}

// Given visitors whom the provider knows, when no account is theirs, whatever the reason, then each sees the same, and none is made.
func TestOpenID_NobodysVisitor_IsKeptOutAlike(t *testing.T) {
	bob, carol, dave, erin := unverified(user("bob")), user("carol"), user("dave"), user("erin")
	p := withProvider(t, portal.Options{}, bob, carol, dave, erin, namesake(erin))
	p.member("bob")
	p.member("dave")
	p.exec(`UPDATE accounts SET deleted_at = created_at WHERE email = 'dave@example.com'`)
	p.member("erin")
	p.enters(p.browser(), erin).shows(t, http.StatusOK, "Your settings")
	accounts := p.number(`SELECT count(*) FROM accounts`)
	var first string
	for name, who := range map[string]struct{ seen }{
		"not verified": {p.enters(p.browser(), bob)}, "no account": {p.enters(p.browser(), carol)},
		"deleted": {p.enters(p.browser(), dave)}, "another one with the address": {p.enters(p.browser(), namesake(erin))},
	} {
		who.shows(t, http.StatusForbidden, kept)
		if first == "" {
			first = who.body
		}
		if who.body != first {
			t.Errorf("%s: another page", name)
		}
	}
	if n := p.number(`SELECT count(*) FROM accounts`); n != accounts {
		t.Errorf("there are %d accounts, and were %d", n, accounts)
	}
}

// Given an answer for one browser, when a stranger has another one open it, or it is opened twice, then nobody is signed in by it.
func TestOpenID_AnswerElsewhereOrTwice_SignsNobodyIn(t *testing.T) {
	alice, mallory := user("alice"), user("mallory")
	p := withProvider(t, portal.Options{}, alice, mallory)
	p.member("alice")
	p.member("mallory")
	theirs, mine := p.browser(), p.browser()
	planted := p.answered(theirs, "/sign-in/provider", mallory)
	mine.get(planted).shows(t, http.StatusForbidden, "Sign in").says(t, elsewhere)
	mine.led("/sign-in/provider") // also while a sign-in of his own is under way
	mine.get(planted).shows(t, http.StatusForbidden, "Sign in").says(t, elsewhere)
	mine.get("/settings").shows(t, http.StatusOK, "Sign in")

	answer := p.answered(mine, "/sign-in/provider", alice)
	key := mine.cookie("sign-in")
	mine.get(answer).shows(t, http.StatusOK, "Your settings")
	if mine.cookie("sign-in") != "" {
		t.Error("the browser keeps the key of a sign-in that is over")
	}
	mine.get(answer).shows(t, http.StatusForbidden, "Sign in").says(t, elsewhere)
	mine.plant("sign-in", key)
	mine.get(answer).shows(t, http.StatusForbidden, "Sign in").says(t, elsewhere) // the provider knows that the code was used
	mine.get("/sign-in/openid").shows(t, http.StatusForbidden, "Sign in")
}

// Given a browser with a session, a planted one or his own, when its holder signs in at the provider, then that is over and there is another.
func TestOpenID_SessionOfBefore_IsOver(t *testing.T) {
	alice := user("alice")
	p := withProvider(t, portal.Options{}, alice)
	p.member("alice")
	mallory, b := p.browser(), p.browser()
	mallory.signIn(p.member("mallory")).shows(t, http.StatusOK, "Your settings")
	b.plant("session", mallory.cookie("session"))
	p.enters(b, alice).shows(t, http.StatusOK, "Your settings").says(t, "alice@example.com")
	if b.cookie("session") == mallory.cookie("session") {
		t.Error("the session goes on with a token of before")
	}
	mallory.get("/settings").shows(t, http.StatusOK, "Sign in")
}

// Given accounts with and without a second factor, then it is asked for after a sign-in at the provider by the flag, by what the provider asked
// for, and by the account's policy.
func TestOpenID_SecondFactor_IsAskedForByFlagAndPolicy(t *testing.T) {
	const code, settings, setUp = "Enter a code", "Your settings", "Add an authenticator app"
	alice, carol := user("alice"), multiFactor(user("carol"))
	for flag, want := range map[portal.CodesOfProvider][3]string{ // alice, whom the policy lets choose; her with the policy Required; carol
		"":                 {code, code, settings},
		portal.CodesAlways: {code, code, code},
		portal.CodesNever:  {settings, code, settings},
	} {
		p := withProvider(t, portal.Options{OpenID: &portal.OpenID{Codes: flag}}, alice, carol)
		for _, name := range []string{"alice", "carol"} {
			p.withApp(p.member(name))
		}
		p.enters(p.browser(), carol).shows(t, http.StatusOK, want[2])
		p.enters(p.browser(), alice).shows(t, http.StatusOK, want[0])
		p.exec(`UPDATE accounts SET two_factor_policy = 'Required'`)
		b := p.browser()
		p.enters(b, alice).shows(t, http.StatusOK, want[1])
		b.post("/sign-in/code", "code", p.code(0)).shows(t, http.StatusOK, settings)
		p.exec(`DELETE FROM factors`)
		p.enters(p.browser(), carol).shows(t, http.StatusOK, setUp)
		p.must(p.provider.Stop())
	}
}

// Given a session that began long ago, when its holder comes to a page that asks who he is, then he signs in at the provider once more, and is led
// there; what else a link names is no page that anybody is led to.
func TestOpenID_PageThatAsksAgain_IsReachedByTheProvider(t *testing.T) {
	alice := user("alice")
	p := withProvider(t, portal.Options{}, alice)
	p.settledAccount("alice")
	p.exec(`UPDATE accounts SET password_hash = NULL`)
	b := p.browser()
	p.enters(b, alice).shows(t, http.StatusOK, "Your settings")
	b.get("/settings/two-factor/add").shows(t, http.StatusOK, "Add an authenticator app")
	p.exec(`UPDATE sessions SET proved_at = $1`, time.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04:05.000Z"))
	asks := b.get("/settings/two-factor/add").shows(t, http.StatusOK, "Is it you?")
	if !strings.Contains(asks.body, `href="/sign-in/provider?for=%2fsettings%2ftwo-factor%2fadd"`) || strings.Contains(asks.body, `type="password"`) {
		t.Errorf("it asks: %s", asks.body)
	}
	button := "/sign-in/provider?for=%2fsettings%2ftwo-factor%2fadd"
	if at := b.led(button); !strings.Contains(at, "max_age=0") || !strings.Contains(at, "prompt=login") {
		t.Errorf("it leads to %s", at)
	}
	if got := b.get(p.answered(b, button, alice)).shows(t, http.StatusOK, "Add an authenticator app"); got.path != "/settings/two-factor/add" {
		t.Errorf("it leads to %s", got.path)
	}
	for _, evil := range []string{"https://evil.example.com/", "//evil.example.com", "/sign-out", "/settings/two-factor/../../sign-out"} {
		got := b.get(p.answered(b, "/sign-in/provider?for="+url.QueryEscape(evil), alice)).shows(t, http.StatusOK, "Your settings")
		if got.path != "/settings" {
			t.Errorf("%s leads to %s", evil, got.path)
		}
	}
}

// Given a provider that is away, then the page says so and a password is good as before, until it comes.
func TestOpenID_ProviderIsAway_SaysSoUntilItComes(t *testing.T) {
	alice := user("alice")
	p := beside(t, portal.Options{}, alice)
	p.member("alice")
	b := p.browser()
	got := b.get("/sign-in/provider").shows(t, http.StatusServiceUnavailable, "You cannot sign in by Example Login at the moment")
	if got.header.Get("Retry-After") == "" {
		t.Error("it does not say when")
	}
	b.signIn("alice@example.com").shows(t, http.StatusOK, "Your settings")
	p.must(p.provider.Start(t.Context()))
	for pauses, deadline := await.Pauses(), time.Now().Add(time.Minute); b.led("/sign-in/provider") == ""; <-time.After(pauses.Step()) {
		if time.Now().After(deadline) {
			t.Fatal("the provider is there, and nobody is led to it")
		}
	}
	p.enters(b, alice).shows(t, http.StatusOK, "Your settings")
}

// Without passwords there is no page, no form and no link to choose one or give one.
func TestOpenID_WithoutPasswords_NothingAsksForOne(t *testing.T) {
	alice := user("alice")
	p := withProvider(t, portal.Options{WithoutPasswords: true}, alice)
	first := p.newAccount("alice", "System")
	confirmed := p.post("/verify", "token", string(p.mailed(first).Reveal())).shows(t, http.StatusOK, "Your address is confirmed")
	b := p.browser()
	inside := p.enters(b, alice).shows(t, http.StatusOK, "Your settings")
	for name, page := range map[string]seen{
		"sign in": b.get("/sign-in").shows(t, http.StatusOK, "Sign in"), "begin": b.get("/").shows(t, http.StatusOK, "Your account"),
		"confirmed": confirmed, "settings": inside, "prove": b.get("/settings/prove").shows(t, http.StatusOK, "Is it you?"),
		"a link of before": b.get("/password?token=x").shows(t, http.StatusGone, "There are no passwords here"),
	} {
		if strings.Contains(page.body, `type="password"`) || strings.Contains(page.body, "hoose a password") || strings.Contains(page.body, "the password") {
			t.Errorf("%s: %s", name, page.body)
		}
	}
	for _, path := range []string{"/sign-in", "/settings/prove", "/settings/password"} {
		if got := b.post(path, "email", first, "password", fine, "repeat", fine, "current", fine); got.status != http.StatusMethodNotAllowed && got.status != http.StatusNotFound {
			t.Errorf("%s takes one: %d", path, got.status)
		}
	}
	b.post("/link", "purpose", "ChoosePassword", "email", first).shows(t, http.StatusOK, "Check your mail")
	p.deliver()
	if n := len(p.inbox[first]); n != 2 { // to confirm the address, and that a provider was bound
		t.Errorf("%d mails came", n)
	}
	o := p.options
	o.OpenID = nil
	if _, err := portal.New(o); err == nil {
		t.Error("nobody can sign in, and it is taken")
	}
}

// Given an office behind one address, then as many as it has sign in there at once, and a program that makes up answers has to wait.
func TestOpenID_ManyAnswersFromOneAddress_WaitInTheEnd(t *testing.T) {
	p := beside(t, portal.Options{})
	served := 0
	for got := (seen{status: http.StatusForbidden}); got.status == http.StatusForbidden && served < 200; served++ {
		got = p.get("/sign-in/openid?code=x&state=y")
		if got.status != http.StatusForbidden {
			got.shows(t, http.StatusTooManyRequests, "Too many requests")
		}
	}
	if served < 100 || served == 200 {
		t.Errorf("%d are served", served)
	}
}

// The key of a sign-in stays with this host, away from scripts, and not for long.
func TestOpenID_Cookie_StaysWithThisHostAndAwayFromScripts(t *testing.T) {
	alice := user("alice")
	p := withProvider(t, portal.Options{}, alice)
	at, err := url.Parse("https://accounts.example.com")
	p.must(err)
	o := p.options
	o.URL = at
	pages, err := portal.New(o)
	p.must(err)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://accounts.example.com/sign-in/provider", nil)
	answer := httptest.NewRecorder()
	pages.ServeHTTP(answer, request)
	if answer.Code != http.StatusSeeOther || answer.Header().Get("Cache-Control") != "no-store" || answer.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Fatalf("%d, %v", answer.Code, answer.Header())
	}
	var given []string
	for _, c := range answer.Result().Cookies() {
		if key, _, _ := strings.Cut(c.Value, ":"); len(key) < 26 || strings.Contains(answer.Header().Get("Location"), key) {
			t.Errorf("a key of %d characters, or in the address", len(key))
		}
		given = append(given, strings.Replace(c.String(), c.Value, "...", 1))
	}
	if diff := cmp.Diff([]string{"__Host-sign-in=...; Path=/; Max-Age=900; HttpOnly; Secure; SameSite=Lax"}, given); diff != "" {
		t.Error(diff)
	}
}
