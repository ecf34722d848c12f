package portal_test

import (
	"net/http"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

func TestConfirm_NewAccount_ChoosesItsFirstPassword(t *testing.T) {
	s := newScene(t)
	alice := s.newAccount("alice", "System")

	asked := s.open("/verify", s.mailed(alice)).shows(t, http.StatusOK, "Confirm your address").says(t, "a•••@example.com")
	chosen := s.post("/verify", "token", asked.field(t, "token")).shows(t, http.StatusOK, "Choose a password")
	if !s.verified(alice) {
		t.Error("the address is not verified")
	}
	s.post("/password", "token", chosen.field(t, "token"), "password", fine, "repeat", fine).
		shows(t, http.StatusOK, "Your password is set")
	if !opens(t, s.password(alice), fine) {
		t.Error("the account's password is not the one that was chosen")
	}
}

func TestConfirm_AccountWithAPassword_IsNotAskedForOne(t *testing.T) {
	s := newScene(t)
	alice := s.settledAccount("alice")
	if _, err := s.sql.ExecContext(t.Context(), `UPDATE accounts SET email_verified_at = NULL`); err != nil {
		t.Fatal(err)
	}
	s.must(s.store.RequestLink(t.Context(), store.LinkVerifyAddress, alice))

	s.post("/verify", "token", string(s.mailed(alice).Reveal())).shows(t, http.StatusOK, "Your address is confirmed")
	if !s.verified(alice) || s.password(alice) != former {
		t.Error("the address is not verified, or the password is another")
	}
}

// Programs that look through mails open every link in them, some of them often.
func TestLink_Opened_ChangesNothing(t *testing.T) {
	s := newScene(t)
	alice := s.newAccount("alice", "System")
	token := s.mailed(alice)
	for range 3 {
		s.open("/verify", token).shows(t, http.StatusOK, "Confirm your address")
		head := s.form("/verify?token="+string(token.Reveal()), "token", string(token.Reveal()))
		head.Method = http.MethodHead
		if got := s.do(head); got.status != http.StatusOK {
			t.Errorf("HEAD: %d", got.status)
		}
	}
	if s.verified(alice) {
		t.Fatal("the address is verified though nobody pressed the button")
	}
	s.post("/verify", "token", string(token.Reveal())).shows(t, http.StatusOK, "Choose a password")
}

func TestToken_AfterTheFirstPage_IsInNoAddress(t *testing.T) {
	s := newScene(t)
	token := s.mailed(s.newAccount("alice", "System"))
	asked := s.open("/verify", token)
	for _, form := range elements(asked.parse(t), "form") {
		if action, method := attribute(form, "action"), attribute(form, "method"); action != "/verify" || method != "post" {
			t.Errorf("the form goes to %s by %s", action, method)
		}
	}
	if got := asked.header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("Referrer-Policy %q", got)
	}
	// A token in the address of a POST is not read.
	s.post("/verify?token="+string(token.Reveal())).shows(t, http.StatusGone, expiredHeading)
}

func TestPages_Theme_IsTheAccounts(t *testing.T) {
	s := newScene(t)
	for theme, class := range map[string]string{"Dark": "dark", "Light": "light", "System": "system"} {
		page := s.open("/verify", s.mailed(s.newAccount(class, theme)))
		if got := attribute(elements(page.parse(t), "html")[0], "class"); got != class {
			t.Errorf("%s: the page's class is %q", theme, got)
		}
	}
}

const expiredHeading = "This link has expired or was used"
