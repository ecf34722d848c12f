package portal_test

import (
	"bytes"
	"encoding/base32"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/account-operator/account-operator/internal/store"
)

// app is what a member's phone has.
type app struct{ letters string }

// code is what it shows, so many steps from now.
func (a app) code(t testing.TB, steps int) string {
	t.Helper()
	text, err := totp.GenerateCodeCustom(a.letters, time.Now().Add(time.Duration(steps)*30*time.Second), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// reads has an app take the key that the page shows.
func reads(t testing.TB, got seen) app {
	t.Helper()
	got.shows(t, got.status, "Add an authenticator app")
	for _, each := range elements(got.parse(t), "code") {
		if letters := strings.ReplaceAll(visible(each), " ", ""); len(letters) == 32 {
			return app{letters}
		}
	}
	t.Fatal("the page shows no key")
	return app{}
}

// backupCodes are those that the page shows.
func backupCodes(t testing.TB, got seen) (all []string) {
	t.Helper()
	got.shows(t, http.StatusOK, "Save your backup codes")
	for _, each := range elements(got.parse(t), "code") {
		all = append(all, visible(each))
	}
	if len(all) != 10 {
		t.Fatalf("%d codes", len(all))
	}
	return all
}

// setsUp adds an app and keeps the codes that come with the first one.
func (b *guest) setsUp() (phone app, codes []string) {
	b.Helper()
	page := b.get("/settings/two-factor/add")
	phone = reads(b, page)
	codes = backupCodes(b, b.post("/settings/two-factor/add", "seed", page.field(b, "seed"), "code", phone.code(b, 0), "name", "my phone"))
	b.secrets = append(b.secrets, []byte(phone.letters))
	for _, code := range codes {
		b.secrets = append(b.secrets, []byte(code), []byte(strings.ReplaceAll(code, "-", "")))
	}
	return phone, codes
}

// Given a member without a second factor, when an app is set up, then the next sign-in asks for its code or a backup code, each once, and
// the account's object is woken to show both.
func TestTwoFactor_SetUp_IsAskedForFromThenOn(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b := s.browser()
	b.signIn(alice).shows(t, http.StatusOK, "Your settings").says(t, "Set it up")
	phone, codes := b.setsUp()
	b.get("/settings").says(t, "On, 10 backup codes left")

	other := s.browser()
	other.signIn(alice).shows(t, http.StatusOK, "Enter a code")
	other.post("/sign-in/code", "code", strings.ToLower(codes[3])).shows(t, http.StatusOK, "Your settings")
	third := s.browser()
	third.signIn(alice)
	third.post("/sign-in/code", "code", codes[3]).shows(t, http.StatusUnprocessableEntity, "Enter a code")
	third.post("/sign-in/code", "code", phone.code(t, 1)).shows(t, http.StatusOK, "Your settings").says(t, "On, 9 backup codes left")
	account, err := s.fenced.Account(t.Context(), claimOf("alice"))
	s.must(err)
	if f := account.Factors; !slices.Equal(f.Methods, []store.FactorMethod{store.FactorBackupCode, store.FactorTOTP}) || f.BackupCodesRemaining != 9 {
		t.Errorf("the account has %+v", f)
	}
}

func TestTwoFactor_WrongCodeOrForeignKey_AddsNothing(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b := s.browser()
	b.signIn(alice)
	page := b.get("/settings/two-factor/add")
	again := b.post("/settings/two-factor/add", "seed", page.field(t, "seed"), "code", "000000", "name", "Ünï").
		shows(t, http.StatusUnprocessableEntity, "Add an authenticator app")
	if reads(t, again) != reads(t, page) || again.field(t, "name") != "Ünï" {
		t.Error("the key or the name is another one")
	}
	short := base32.StdEncoding.EncodeToString([]byte("short"))
	other := b.post("/settings/two-factor/add", "seed", short, "code", app{short}.code(t, 0)).shows(t, http.StatusOK, "Add an authenticator app")
	if reads(t, other).letters == short {
		t.Error("the page takes a key that is not ours")
	}
	if n := s.number(`SELECT count(*) FROM factors`); n != 0 {
		t.Errorf("%d factors", n)
	}
}

// Given a policy that asks for a second factor, when a member without one signs in, then there is the page to set one up and nothing else,
// and afterwards everything.
func TestTwoFactor_RequiredAndNone_OnlyTheSetUp(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	s.exec(`UPDATE accounts SET two_factor_policy = 'Required'`)
	b := s.browser()
	b.signIn(alice).shows(t, http.StatusOK, "Add an authenticator app").says(t, "Your account must have a second factor")
	for _, path := range []string{"/settings", "/settings/password", "/settings/sessions", "/settings/two-factor"} {
		b.get(path).shows(t, http.StatusOK, "Add an authenticator app")
	}
	b.post("/settings/password", "current", fine, "password", another, "repeat", another).shows(t, http.StatusOK, "Add an authenticator app")
	b.setsUp()
	b.get("/settings").shows(t, http.StatusOK, "Your settings")
	list := b.get("/settings/two-factor").shows(t, http.StatusOK, "Second factor").says(t, "must have one")
	b.post("/settings/two-factor/remove", "factor", list.field(t, "factor")).shows(t, http.StatusUnprocessableEntity, "Second factor").
		says(t, "Add another app first")
	b.post("/sign-out").shows(t, http.StatusOK, "Sign in")
}

func TestTwoFactor_AppsNamedAndRemoved_CodesFollow(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b := s.browser()
	b.signIn(alice)
	_, former := b.setsUp()
	list := b.get("/settings/two-factor")
	b.post("/settings/two-factor/name", "factor", list.field(t, "factor"), "name", "  <b>work</b> "+strings.Repeat("ü", 64)).shows(t, http.StatusOK, "Second factor")
	if name := b.get("/settings/two-factor").field(t, "name"); !strings.HasPrefix(name, "<b>work</b> ü") || len(name) > store.MaxFactorName {
		t.Errorf("it is called %q", name)
	}
	fresh := backupCodes(t, b.post("/settings/two-factor/codes"))
	other := s.browser()
	other.signIn(alice)
	other.post("/sign-in/code", "code", former[0]).shows(t, http.StatusUnprocessableEntity, "Enter a code")
	other.post("/sign-in/code", "code", fresh[0]).shows(t, http.StatusOK, "Your settings")
	for range store.MaxFactors - 1 {
		page := b.get("/settings/two-factor/add")
		b.post("/settings/two-factor/add", "seed", page.field(t, "seed"), "code", reads(t, page).code(t, 0)).shows(t, http.StatusOK, "Second factor")
	}
	b.get("/settings/two-factor").says(t, "five at most")
	for range store.MaxFactors {
		b.post("/settings/two-factor/remove", "factor", b.get("/settings/two-factor").field(t, "factor"))
	}
	b.post("/settings/two-factor/remove", "factor", "unknown").shows(t, http.StatusOK, "Second factor").says(t, "There is none.")
	b.post("/settings/two-factor/codes").shows(t, http.StatusOK, "Second factor")
	s.browser().signIn(alice).shows(t, http.StatusOK, "Your settings")
}

// Given a browser that was left open for a while, when the second factor is looked at, then the password is asked for, with a code, and
// leads there and nowhere else.
func TestProof_Lapsed_IsAskedForAgain(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b := s.browser()
	b.signIn(alice)
	phone, codes := b.setsUp()
	s.exec(`UPDATE sessions SET proved_at = '2020-01-01T00:00:00.000Z'`)
	for _, path := range []string{"/settings/two-factor", "/settings/two-factor/add"} {
		asked := b.get(path).shows(t, http.StatusOK, "Is it you?")
		if asked.field(t, "for") != path {
			t.Errorf("it leads to %s", asked.field(t, "for"))
		}
	}
	for _, path := range []string{"/settings/two-factor/remove", "/settings/two-factor/codes", "/settings/two-factor/name", "/settings/two-factor/add"} {
		b.post(path, "seed", phone.letters).shows(t, http.StatusOK, "Is it you?")
	}
	b.post("/settings/prove", "for", "/settings/two-factor", "current", "wrong tigers dance", "code", codes[0]).shows(t, http.StatusUnprocessableEntity, "Is it you?")
	b.post("/settings/prove", "for", "/settings/two-factor", "current", fine, "code", "").shows(t, http.StatusUnprocessableEntity, "Is it you?")
	b.post("/settings/prove", "for", "/settings/two-factor", "current", fine, "code", codes[0]).shows(t, http.StatusOK, "Second factor")
	for n, elsewhere := range []string{"https://evil.example.com/", "//evil.example.com", "/settings/../verify", ""} {
		got := b.post("/settings/prove", "for", elsewhere, "current", fine, "code", codes[n+1]).shows(t, http.StatusOK, "Your settings")
		if got.path != "/settings" {
			t.Errorf("%s leads to %s", elsewhere, got.path)
		}
	}
}

// Given a member who did all that there is to do, then no password, code, key or token is in the store's file.
func TestSettings_SecretsOfAWalk_AreInNoTable(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b := s.browser()
	b.signIn(alice)
	b.cookie("session")
	phone, codes := b.setsUp()
	raw, err := base32.StdEncoding.DecodeString(phone.letters)
	s.must(err)
	b.post("/settings/password", "current", fine, "code", codes[0], "password", another, "repeat", another).shows(t, http.StatusOK, "Your settings")
	b.cookie("session")
	b.cookie("browser")
	s.secrets = append(s.secrets, raw, []byte(another))
	files, err := filepath.Glob(s.path + "*")
	s.must(err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		s.must(err)
		for _, secret := range s.secrets {
			if bytes.Contains(content, secret) {
				t.Errorf("%s holds a secret of %d bytes", filepath.Base(file), len(secret))
			}
		}
	}
	if len(files) < 2 || len(s.secrets) < 20 {
		t.Errorf("void: %d files, %d secrets", len(files), len(s.secrets))
	}
}
