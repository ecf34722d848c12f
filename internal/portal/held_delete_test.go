package portal_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// freed is the account of a member that no object manages.
func (s *scene) freed(name string) (email string) {
	s.Helper()
	email = s.member(name)
	s.must(s.fenced.DeleteAccount(s.Context(), s.claimOf(email), store.Deletion{Retain: true}))
	return email
}

// unproven has it be long since the password was given.
func (s *scene) unproven() {
	s.Helper()
	s.exec(`UPDATE sessions SET proved_at = $1`, time.Now().Add(-store.SessionProof-time.Minute).UTC().Format("2006-01-02T15:04:05.000Z"))
}

// Given an account that nobody manages, in two browsers, when its holder deletes it, then it is gone, nobody is signed in, and a mail says so.
func TestDelete_NobodyManagesTheAccount_IsGoneWithAllWaysIn(t *testing.T) {
	s := newScene(t)
	alice := s.freed("alice")
	b, other := s.browser(), s.browser()
	for _, each := range []*guest{other, b} {
		each.signIn(alice).shows(t, http.StatusOK, "Your settings").says(t, "Delete the account")
	}
	id := s.accountID(alice)
	_, err := s.store.Holder(id).PutEnvVars(t.Context(), []store.NamedValue{{Name: "TOKEN", Value: store.NewSecret([]byte("canary-token"))}})
	s.must(err)
	s.unproven()
	b.get("/settings/delete").shows(t, http.StatusOK, "Delete the account").says(t, "Go on with your password")
	b.post("/settings/delete", "email", alice).shows(t, http.StatusOK, "Is it you?")
	b.post("/settings/prove", "for", "/settings/delete", "current", fine).shows(t, http.StatusOK, "Delete the account")

	b.post("/settings/delete", "email", " Alice@Example.com ").shows(t, http.StatusOK, "Your account is deleted")

	if got := b.cookie("session"); got != "" {
		t.Error("the browser keeps the session")
	}
	for _, each := range []*guest{b, other} {
		each.get("/settings").shows(t, http.StatusOK, "Sign in")
		each.signIn(alice).shows(t, http.StatusUnprocessableEntity, "Sign in").says(t, "The address or the password is wrong.")
	}
	if n := s.number(`SELECT (SELECT count(*) FROM env_vars) + (SELECT count(*) FROM sessions) + (SELECT count(*) FROM accounts WHERE deleted_at IS NULL)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	s.deliver()
	if mails := s.inbox[alice]; mails[len(mails)-1].Kind != store.MailDeletedByHolder {
		t.Errorf("the last mail is %s", mails[len(mails)-1].Kind)
	}
	s.isGone(s.fenced.Restore(t.Context(), claimOf("alice"), id))
}

func (s *scene) isGone(err error) {
	s.Helper()
	if !errors.Is(err, store.ErrNotFound) {
		s.Errorf("got %v", err)
	}
}

func TestDelete_AnotherAddressOrSomethingInTheWay_DeletesNothing(t *testing.T) {
	s := newScene(t)
	alice := s.freed("alice")
	b := s.browser()
	b.signIn(alice)
	for _, typed := range []string{"", "mallory@example.com", "alice"} {
		b.post("/settings/delete", "email", typed).shows(t, http.StatusUnprocessableEntity, "Delete the account").says(t, "This is not the address")
	}
	s.exec(`INSERT INTO instances (id, account_id) SELECT 'i-1', id FROM accounts`)
	s.exec(`INSERT INTO teams (id, name, owner_id) SELECT 't', 't', id FROM accounts`)

	page := b.get("/settings/delete").shows(t, http.StatusOK, "Delete the account").says(t, "Instances: 1 (i-1)").says(t, "hand over first: 1")
	if strings.Contains(page.body, "for good") {
		t.Error("there is a form all the same")
	}
	b.post("/settings/delete", "email", alice).shows(t, http.StatusUnprocessableEntity, "Delete the account").says(t, "Something is still in the way")
	b.get("/settings").shows(t, http.StatusOK, "Your settings")
}

// Given an account that an object manages, then its holder asks for the deletion, sees that it is asked for, and takes it back.
func TestDelete_ManagedAccount_IsAskedForAndTakenBack(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b := s.browser()
	b.signIn(alice).says(t, "Your platform team manages this account")
	b.get("/settings/delete").shows(t, http.StatusOK, "Delete the account")
	b.post("/settings/delete", "email", alice).shows(t, http.StatusUnprocessableEntity, "Delete the account").says(t, "Nothing was deleted.")

	b.post("/settings/delete/ask", "email", alice).shows(t, http.StatusOK, "Your settings").says(t, "You asked for it on")

	b.get("/settings/delete").shows(t, http.StatusOK, "Delete the account").says(t, "You asked for it on")
	s.deliver()
	if mails := s.inbox[alice]; mails[len(mails)-1].Kind != store.MailDeletionRequested {
		t.Errorf("the last mail is %s", mails[len(mails)-1].Kind)
	}
	// Given that nobody manages it any more, then the holder may delete it or take that back.
	s.must(s.fenced.DeleteAccount(t.Context(), claimOf("alice"), store.Deletion{Retain: true}))
	b.get("/settings").says(t, "No platform team manages the account any more")
	b.post("/settings/delete/withdraw").shows(t, http.StatusOK, "Your settings")
	if n := s.number(`SELECT count(*) FROM accounts WHERE deletion_requested_at IS NOT NULL`); n != 0 {
		t.Error("it is still asked for")
	}
}

func TestDelete_NotSignedInOrNotProved_ChangesNothing(t *testing.T) {
	s := newScene(t)
	alice := s.freed("alice")
	for _, path := range []string{"/settings/delete", "/settings/delete/ask", "/settings/delete/withdraw"} {
		s.browser().post(path, "email", alice).shows(t, http.StatusOK, "Sign in")
	}
	b := s.browser()
	b.signIn(alice)
	s.unproven()
	for _, path := range []string{"/settings/delete", "/settings/delete/ask"} {
		b.post(path, "email", alice).shows(t, http.StatusOK, "Is it you?")
	}
	if n := s.number(`SELECT count(*) FROM accounts WHERE deleted_at IS NOT NULL OR deletion_requested_at IS NOT NULL`); n != 0 {
		t.Error("something was written")
	}
}

// Given a member, when the platform team suspends the access, then the session is over at once, and the right password is answered as a wrong one.
func TestSuspended_Member_IsOutAndLearnsNothing(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b := s.browser()
	b.signIn(alice).shows(t, http.StatusOK, "Your settings")
	wrong := s.browser().post("/sign-in", "email", alice, "password", another)

	_, err := s.fenced.PutAccount(t.Context(), claimOf("alice"), store.AccountSpec{Email: alice, SuspendAccess: true}, store.Mark{})
	s.must(err)

	b.get("/settings").shows(t, http.StatusOK, "Sign in")
	right := s.browser().post("/sign-in", "email", alice, "password", fine)
	if right.status != wrong.status || right.body != wrong.body {
		t.Errorf("the right password is answered with %d, and a wrong one with %d", right.status, wrong.status)
	}
	s.deliver()
	before := len(s.inbox[alice])
	s.post("/link", "email", alice).shows(t, http.StatusOK, "Check your mail")
	s.deliver()
	if len(s.inbox[alice]) != before {
		t.Error("a link was mailed")
	}
}
