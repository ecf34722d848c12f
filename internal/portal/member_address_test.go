package portal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/internal/store"
)

// mover is a member whose address is his to change.
func (s *scene) mover(name string) (email string) {
	s.Helper()
	email = s.member(name)
	s.specifies(name, store.AccountSpec{Email: email, EmailChange: store.EmailByHolder})
	return email
}

// specifies has the account's object say so.
func (s *scene) specifies(name string, want store.AccountSpec) {
	s.Helper()
	_, err := s.fenced.PutAccount(s.Context(), claimOf(name), want, store.Mark{Generation: 2, Record: "2"})
	s.must(err)
}

func (s *scene) addressOf(email string) int {
	return s.number(`SELECT count(*) FROM accounts WHERE email = '` + email + `'`)
}

const confirmPath = "/settings/address/confirm"

// Given a member who asks for another address, when he opens the link that was mailed there, signed in, then it is his; until then the account
// has the one of before.
func TestAddress_Changed_CountsOnceItsLinkIsOpenedSignedIn(t *testing.T) {
	s := newScene(t)
	alice := s.mover("alice")
	b := s.browser()
	b.signIn(alice).shows(t, http.StatusOK, "Your settings")
	b.get("/settings/address").shows(t, http.StatusOK, "Change your address").says(t, alice)
	b.post("/settings/address", "email", " new@example.com ").shows(t, http.StatusOK, "Check your mail")
	b.get("/settings").shows(t, http.StatusOK, "Your settings").says(t, "new@example.com waits for its confirmation")
	if s.addressOf(alice) != 1 {
		t.Error("the address is another before it is confirmed")
	}

	token := s.mailed("new@example.com")
	s.open(confirmPath, token).shows(t, http.StatusOK, "Sign in first")
	link := b.open(confirmPath, token).shows(t, http.StatusOK, "Confirm your address").says(t, "new@example.com")
	if s.addressOf(alice) != 1 {
		t.Error("a link that is opened confirms the address")
	}
	b.post(confirmPath, "token", link.field(t, "token")).shows(t, http.StatusOK, "Your settings").says(t, "new@example.com")
	if s.addressOf("new@example.com") != 1 {
		t.Error("the address was not changed")
	}
	if s.mailed(alice); s.inbox[alice][len(s.inbox[alice])-1].Kind != store.MailAddressChanged {
		t.Error("the former address got no notice")
	}
	b.open(confirmPath, token).shows(t, http.StatusGone, expiredHeading)
	s.browser().signIn("new@example.com").shows(t, http.StatusOK, "Your settings")
}

// Given who reads the mail of a new address and nothing else, then its link opens nothing: not signed in, not signed in to another account, and
// not where links of other kinds are taken.
func TestAddress_MailboxAlone_OpensNothing(t *testing.T) {
	s := newScene(t)
	alice := s.mover("alice")
	b := s.browser()
	b.signIn(alice)
	b.post("/settings/address", "email", "eve@example.com")
	token := s.mailed("eve@example.com")

	s.open(confirmPath, token).shows(t, http.StatusOK, "Sign in first")
	s.post(confirmPath, "token", string(token.Reveal())).shows(t, http.StatusOK, "Sign in")
	for _, path := range []string{"/verify", "/password"} {
		s.open(path, token).shows(t, http.StatusGone, expiredHeading)
		s.post(path, "token", string(token.Reveal()), "password", fine, "repeat", fine).shows(t, http.StatusGone, expiredHeading)
	}
	eve := s.browser()
	eve.signIn(s.member("mallory"))
	eve.open(confirmPath, token).shows(t, http.StatusGone, expiredHeading)
	eve.post(confirmPath, "token", string(token.Reveal())).shows(t, http.StatusGone, expiredHeading)
	for _, purpose := range []string{"ChoosePassword", "VerifyAddress"} {
		s.post("/link", "email", "eve@example.com", "purpose", purpose).shows(t, http.StatusOK, "Check your mail")
	}
	s.deliver()
	if n := len(s.inbox["eve@example.com"]); n != 1 || s.addressOf(alice) != 1 {
		t.Errorf("%d mails, or the address is another", n)
	}
}

// Given an address that another account has, and one that nobody has, when a member asks for each, then the answer, the page of settings and the
// time that it takes are the same.
func TestAddress_InUse_IsNotSaid(t *testing.T) {
	s := newScene(t)
	s.member("bob")
	shown := map[string]string{}
	for _, wanted := range []string{"bob@example.com", "fob@example.com"} {
		b := s.browser()
		b.signIn(s.mover("alice-" + wanted[:3]))
		began := time.Now()
		answer := b.post("/settings/address", "email", wanted).shows(t, http.StatusOK, "Check your mail")
		if took := time.Since(began); took < 100*time.Millisecond {
			t.Errorf("%s: answered after %s", wanted, took)
		}
		b.get("/settings").shows(t, http.StatusOK, "Your settings").says(t, wanted+" waits for its confirmation")
		list := b.get("/settings/address").shows(t, http.StatusOK, "Change your address").says(t, wanted+" waits for you")
		b.post("/settings/address/again").shows(t, http.StatusOK, "Check your mail")
		shown[wanted] = strings.ReplaceAll(answer.body+list.body, wanted[:3], "X")
	}
	if diff := cmp.Diff(shown["bob@example.com"], shown["fob@example.com"]); diff != "" {
		t.Errorf("the pages differ:\n%s", diff)
	}
	s.deliver()
	if len(s.inbox["fob@example.com"]) == 0 || s.inbox["bob@example.com"][len(s.inbox["bob@example.com"])-1].Kind == store.MailProveAddress {
		t.Error("the mail went to the account that has the address, or to nobody")
	}
}

// Given a holder whose address the team changed, when he signs in with it, asks for a link and opens it, then it is confirmed; before that no
// password reset goes there.
func TestAddress_ChangedByTheTeam_IsConfirmedSignedIn(t *testing.T) {
	s := newScene(t)
	s.member("alice")
	s.specifies("alice", store.AccountSpec{Email: "team@example.com"})
	b := s.browser()
	b.signIn("team@example.com").shows(t, http.StatusOK, "Your settings").says(t, "not confirmed")
	s.post("/link", "email", "team@example.com", "purpose", "ChoosePassword").shows(t, http.StatusOK, "Check your mail")
	s.deliver()
	if len(s.inbox["team@example.com"]) != 0 {
		t.Error("a reset went to an address that nobody confirmed")
	}
	b.get("/settings/address").shows(t, http.StatusOK, "Change your address").says(t, "Your platform team sets this.")
	b.post("/settings/address", "email", "hers@example.com").shows(t, http.StatusUnprocessableEntity, "Change your address").says(t, "Nothing was changed.")
	b.post("/settings/address/again").shows(t, http.StatusOK, "Check your mail")
	link := b.open(confirmPath, s.mailed("team@example.com")).shows(t, http.StatusOK, "Confirm your address")
	b.post(confirmPath, "token", link.field(t, "token")).shows(t, http.StatusOK, "Your settings")
	if n := s.number(`SELECT count(*) FROM accounts WHERE email = 'team@example.com' AND email_verified_at IS NOT NULL`); n != 1 {
		t.Error("it is not confirmed")
	}
}

func TestAddress_TakenByTheTeamSinceTheLinkWasMailed_IsRefused(t *testing.T) {
	s := newScene(t)
	alice := s.mover("alice")
	b := s.browser()
	b.signIn(alice)
	b.post("/settings/address", "email", "new@example.com")
	token := string(s.mailed("new@example.com").Reveal())
	s.specifies("alice", store.AccountSpec{Email: alice})
	b.post(confirmPath, "token", token).shows(t, http.StatusUnprocessableEntity, "Change your address").says(t, "Nothing was changed.")
}

func TestAddress_AskedForOften_IsLimited(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.signIn(s.mover("alice"))
	for range 5 {
		b.post("/settings/address", "email", "new@example.com").shows(t, http.StatusOK, "Check your mail")
	}
	b.post("/settings/address/again").shows(t, http.StatusTooManyRequests, "Too many requests")
	b.post("/settings/address/keep").shows(t, http.StatusOK, "Your settings")
}

func TestAddress_WithoutAProofOfLate_AsksForThePassword(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.signIn(s.mover("alice"))
	s.exec(`UPDATE sessions SET proved_at = '2026-01-02T03:04:05.678Z'`)
	b.get("/settings/address").shows(t, http.StatusOK, "Is it you?")
	b.post("/settings/address", "email", "new@example.com").shows(t, http.StatusOK, "Is it you?")
	b.post("/settings/prove", "current", fine, "for", "/settings/address").shows(t, http.StatusOK, "Change your address")
}

// An address that an Account's spec does not take is not taken here either.
func TestAddress_NotOneThatASpecTakes_IsRefused(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.signIn(s.mover("alice"))
	for _, wrong := range []string{"", "new", "a@b", "Ann <a@example.com>", "a@example.com,b@example.com", `"a b"@example.com`, "ä@example.com", strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat("b.", 126) + "com"} {
		b.post("/settings/address", "email", wrong).shows(t, http.StatusUnprocessableEntity, "Change your address")
	}
}

// Given a member without a second factor, where mails go out, when he sets one up, then it takes a code that was mailed, in this very browser.
func TestFirstFactor_WhereMailsGoOut_TakesAMailedCode(t *testing.T) {
	s := newSceneWith(t, portal.Options{Mails: true})
	alice := s.member("alice")
	b, other := s.browser(), s.browser()
	b.signIn(alice)
	other.signIn(alice)
	b.get("/settings/two-factor/add").shows(t, http.StatusOK, "Add an authenticator app").says(t, "a code is mailed to "+alice)
	form := b.post("/settings/two-factor/mail")
	phone, code := reads(t, form), string(s.mailed(alice).Reveal())
	with := func(b *guest, mailed string) seen {
		return b.post("/settings/two-factor/add", "seed", phone.letters, "code", phone.code(t, 0), "mailed", mailed)
	}
	for _, wrong := range []string{"", "AAAA-AAAA-AAAA"} {
		with(b, wrong).shows(t, http.StatusUnprocessableEntity, "Add an authenticator app").says(t, "not the one in the newest mail")
	}
	with(other, code).shows(t, http.StatusUnprocessableEntity, "Add an authenticator app")
	if s.number(`SELECT count(*) FROM factors`) != 0 {
		t.Error("a factor was added")
	}
	with(b, code).shows(t, http.StatusOK, "Save your backup codes")
}

// Given a policy that asks for a second factor, then who just signed in needs no mail to set one up, and who is signed in for longer does.
func TestFirstFactor_RequiredAndJustSignedIn_TakesNoMailedCode(t *testing.T) {
	s := newSceneWith(t, portal.Options{Mails: true})
	alice := s.member("alice")
	s.specifies("alice", store.AccountSpec{Email: alice, TwoFactor: "Required"})
	b := s.browser()
	phone := reads(t, b.signIn(alice))
	s.exec(`UPDATE sessions SET created_at = $1`, time.Now().Add(-store.SessionProof-time.Minute).UTC().Format("2006-01-02T15:04:05.000Z"))
	b.get("/settings/two-factor/add").says(t, "a code is mailed to "+alice)
	b.post("/settings/two-factor/add", "seed", phone.letters, "code", phone.code(t, 0)).shows(t, http.StatusUnprocessableEntity, "Add an authenticator app")
	s.exec(`UPDATE sessions SET created_at = $1`, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"))
	b.post("/settings/two-factor/add", "seed", phone.letters, "code", phone.code(t, 0)).shows(t, http.StatusOK, "Save your backup codes")
}
