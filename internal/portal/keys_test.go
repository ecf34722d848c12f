package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

// keyShown is the key that the page shows.
func (b *guest) keyShown(got seen) store.Secret {
	b.Helper()
	got.shows(b, http.StatusOK, "Save your API key")
	for _, each := range elements(got.parse(b), "code") {
		if text := visible(each); strings.HasPrefix(text, store.KeyPrefix) {
			b.secrets = append(b.secrets, []byte(text))
			return store.NewSecret([]byte(text))
		}
	}
	b.Fatal("the page shows no key")
	return store.Secret{}
}

// Given a member, when a key is made, then it is shown once, works, and is listed by its name and last characters until it is deleted.
func TestAPIKeys_MadeAndDeleted_WorkInBetween(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	b := s.browser()
	b.signIn(alice).says(t, "0 API keys")

	text := b.keyShown(b.post("/settings/keys", "name", "laptop <1>", "may", "everything", "days", "0"))

	in, err := s.store.Key(t.Context(), text)
	if err != nil || !in.AllRights || in.Email != alice || !in.Expires.IsZero() {
		t.Errorf("found %+v, %v", in, err)
	}
	list := b.get("/settings/keys").shows(t, http.StatusOK, "API keys").says(t, "laptop <1> …"+in.LastFour).says(t, "May: everything")
	if strings.Contains(list.body, string(text.Reveal())) {
		t.Error("the key is shown again")
	}
	for range 2 { // the second finds nothing
		b.post("/settings/keys/delete", "key", list.field(t, "key")).shows(t, http.StatusOK, "API keys").says(t, "There is none.")
	}
	if _, err := s.store.Key(t.Context(), text); err == nil {
		t.Error("a deleted key works")
	}
}

func TestAPIKeys_WithSomeRightsAndAnEnd_HaveThose(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.signIn(s.member("alice"))
	text := b.keyShown(b.post("/settings/keys", "name", "reads", "may", "some", "right", "user_read", "days", "30"))
	in, err := s.store.Key(t.Context(), text)
	if err != nil || in.AllRights || !in.May(store.KeyUserRead) || in.May(store.KeyUserWrite) || in.Expires.IsZero() {
		t.Errorf("found %+v, %v", in, err)
	}
	b.get("/settings/keys").says(t, "May: user_read").says(t, "good until")
}

func TestAPIKeys_FormAmiss_MakesNoneAndKeepsWhatWasTyped(t *testing.T) {
	s := newScene(t)
	b := s.browser()
	b.signIn(s.member("alice"))
	for says, fields := range map[string][]string{
		"Write a name, by which you know it again.":            {"may", "everything", "days", "0"},
		"Write one short line, without invisible characters.":  {"name", "a\u202eb", "may", "everything", "days", "0"},
		"Choose everything, or what the key may.":              {"name", "kept", "may", "some", "days", "0"},
		"Choose one of these.":                                 {"name", "kept", "may", "everything", "days", "1000"},
		"Write one short line, without invisible characters. ": {"name", strings.Repeat("x", 256), "may", "everything", "days", "0"},
	} {
		got := b.post("/settings/keys", fields...).shows(t, http.StatusUnprocessableEntity, "API keys").says(t, strings.TrimSpace(says))
		if strings.Contains(says, "Choose") && got.field(t, "name") != "kept" {
			t.Errorf("%s: the name is gone", says)
		}
	}
	if n := s.number(`SELECT count(*) FROM api_keys`); n != 0 {
		t.Errorf("%d keys", n)
	}
}

// Given an account with as many keys as there may be, when another is asked for, then none is made, and the page says so.
func TestAPIKeys_AsManyAsThereMayBe_NoMore(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	for range store.KeysOfAccount {
		_, _, err := s.store.Holder(s.accountID(alice)).CreateKey(t.Context(), "", store.APIKey{})
		s.must(err)
	}
	b := s.browser()
	b.signIn(alice)
	b.get("/settings/keys").says(t, "An account has no more than these.").says(t, "May: nothing")
	b.post("/settings/keys", "name", "one more", "may", "everything", "days", "0").shows(t, http.StatusUnprocessableEntity, "API keys").
		says(t, "No key was made: keys are 50 already; delete one of them first.")
}

// Given a session whose password was given some time ago, when keys are asked for, then the password and the code are, first.
func TestAPIKeys_ProvedTooLongAgo_AskForThePassword(t *testing.T) {
	s := newScene(t)
	alice := s.member("alice")
	s.withApp(alice)
	b := s.browser()
	b.signInWith(alice, s.code(0))
	s.exec(`UPDATE sessions SET proved_at = '2020-01-01T00:00:00.000Z'`)
	for _, asked := range []seen{
		b.get("/settings/keys"), b.post("/settings/keys", "name", "x", "may", "everything", "days", "0"), b.post("/settings/keys/delete", "key", "x"),
	} {
		asked.shows(t, http.StatusOK, "Is it you?")
	}
	b.post("/settings/prove", "for", "/settings/keys", "current", fine, "code", s.code(1)).shows(t, http.StatusOK, "API keys")
	if n := s.number(`SELECT count(*) FROM api_keys`); n != 0 {
		t.Errorf("%d keys", n)
	}
}
