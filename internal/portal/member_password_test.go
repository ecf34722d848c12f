package portal_test

import (
	"net/http"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

const another = "violet tigers sleep"

// Given a member in two browsers, when one changes the password, then it goes on, the other is signed out, and a notice is mailed.
func TestChangePassword_TwoBrowsers_EndsTheOther(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b, other := s.browser(), s.browser()
	other.signIn(alice).shows(t, http.StatusOK, "Your settings")
	s.withApp(alice)
	b.signInWith(alice, s.code(0))
	b.get("/settings/password").shows(t, http.StatusOK, "Change your password")
	was := b.cookie("session")

	b.post("/settings/password", "current", fine, "code", s.code(1), "password", another, "repeat", another).shows(t, http.StatusOK, "Your settings")

	if b.cookie("session") == was {
		t.Error("the session goes on with the token of before")
	}
	other.get("/settings").shows(t, http.StatusOK, "Sign in")
	other.signIn(alice).shows(t, http.StatusUnprocessableEntity, "Sign in")
	other.post("/sign-in", "email", alice, "password", another).shows(t, http.StatusOK, "Enter a code")
	s.deliver()
	if mails := s.inbox[alice]; mails[len(mails)-1].Kind != store.MailPasswordChanged {
		t.Errorf("the last mail is %s", mails[len(mails)-1].Kind)
	}
}

func TestChangePassword_NotProved_ChangesNothing(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	s.withApp(alice)
	b, used := s.browser(), s.code(0)
	b.signInWith(alice, used)
	was := s.password(alice)
	for name, test := range map[string]struct {
		fields []string
		says   string
	}{
		"another password": {[]string{"current", "wrong tigers dance", "code", s.code(1), "password", another, "repeat", another}, "This is not your password"},
		"no password":      {[]string{"code", s.code(1), "password", another, "repeat", another}, "This is not your password"},
		"a code of before": {[]string{"current", fine, "code", used, "password", another, "repeat", another}, "The code is wrong"},
		"no code":          {[]string{"current", fine, "password", another, "repeat", another}, "The code is wrong"},
		"a bad choice":     {[]string{"current", fine, "code", s.code(1), "password", "short", "repeat", "short"}, "at least 12 characters"},
		"typed amiss":      {[]string{"current", fine, "code", s.code(1), "password", another, "repeat", fine}, "differ"},
	} {
		t.Run(name, func(t *testing.T) {
			b.post("/settings/password", test.fields...).shows(t, http.StatusUnprocessableEntity, "Change your password").says(t, test.says)
		})
	}
	if s.password(alice) != was {
		t.Error("the password was changed")
	}
}

// Whoever finds a browser open cannot guess the password there either.
func TestChangePassword_GuessedInASession_IsLimited(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.signIn(s.member("alice")).shows(t, http.StatusOK, "Your settings")
	guess := func() seen {
		return b.post("/settings/password", "current", "wrong tigers dance", "password", another, "repeat", another)
	}
	for range store.SignInAttempts {
		guess().shows(t, http.StatusUnprocessableEntity, "Change your password")
	}
	guess().shows(t, http.StatusTooManyRequests, "Too many attempts")
	b.get("/settings").shows(t, http.StatusOK, "Your settings")
}

// Given a member in three browsers, when one ends another, and then all others, then each has to sign in again, and who asked goes on.
func TestSessions_Ended_HaveToSignInAgain(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b, second, third := s.browser(), s.browser(), s.browser()
	for _, each := range []*guest{b, third, second} {
		each.signIn(alice).shows(t, http.StatusOK, "Your settings")
	}
	list := b.get("/settings/sessions").shows(t, http.StatusOK, "Where you are signed in").says(t, "This browser.")
	b.post("/settings/sessions/end", "session", list.field(t, "session")).shows(t, http.StatusOK, "Where you are signed in")
	second.get("/settings").shows(t, http.StatusOK, "Sign in")
	third.get("/settings").shows(t, http.StatusOK, "Your settings")
	b.post("/settings/sessions/end", "session", "unknown").shows(t, http.StatusOK, "Where you are signed in")
	b.post("/settings/sessions/end-others").shows(t, http.StatusOK, "Where you are signed in")
	third.get("/settings").shows(t, http.StatusOK, "Sign in")
}

func TestSessions_OfAnother_AreNotEnded(t *testing.T) {
	s := newScene(t)
	alice, mallory := s.browser(), s.browser()
	email := s.member("alice")
	alice.signIn(email)
	mallory.signIn(s.member("mallory"))
	sessions, err := s.store.Sessions(t.Context(), s.accountID(email))
	s.must(err)
	mallory.post("/settings/sessions/end", "session", sessions[0].ID).shows(t, http.StatusOK, "Where you are signed in")
	alice.get("/settings").shows(t, http.StatusOK, "Your settings")
}
