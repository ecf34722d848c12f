package accountapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

const secrets = "/api/v0/secrets/"

// valueOf is what a variable holds, as a manager sees it.
func (s *scene) valueOf(account store.Claim, name string) (value string) {
	s.Helper()
	s.must(s.fenced.SyncEnvVars(s.Context(), account, claimOf(store.KindEnvVarSet, "looker"), func(have []store.EnvVar) store.EnvVarPlan {
		for _, v := range have {
			if v.Name == name {
				value = string(v.Value.Reveal())
			}
		}
		return store.EnvVarPlan{}
	}))
	return value
}

// Given a holder, when a variable is created, updated and deleted as the client does it, then each is done once, the name is written in capitals,
// and what it holds is shown nowhere.
func TestSecrets_CreatedUpdatedAndDeleted_AreStored(t *testing.T) {
	onEach(t, func(s *scene) {
		key := s.key(s.holder("alice"))
		value := s.secret(`canary: a/b+c= "ü" `)
		const alice = `{"key": "token", "value": "canary: a/b+c= \"ü\" "}`

		s.ask(http.MethodPut, secrets, key, alice).refuses(http.StatusBadRequest, "nonexistent_key", "TOKEN")
		s.ask(http.MethodPost, secrets, key, alice).does()
		s.ask(http.MethodPost, secrets, key, alice).refuses(http.StatusBadRequest, "existing_key", "TOKEN")
		if got := s.valueOf(claimOf(store.KindAccount, "alice"), "TOKEN"); got != value {
			s.Error("the value is another")
		}
		list := s.ask(http.MethodGet, secrets, key, "").does()
		if list.text("secrets", "TOKEN") != "********" || strings.Contains(list.body, "canary") {
			s.Error("the list shows something else")
		}
		s.ask(http.MethodPut, secrets, key, `{"key": "Token", "value": 7}`).does()
		if got := s.valueOf(claimOf(store.KindAccount, "alice"), "TOKEN"); got != "7" {
			s.Errorf("the value is %q", got)
		}
		s.ask(http.MethodDelete, secrets, key, `{"key": "token"}`).does()
		s.ask(http.MethodDelete, secrets, key, `{"key": "token"}`).refuses(http.StatusBadRequest, "nonexistent_key", "TOKEN")
		if got := s.ask(http.MethodGet, secrets, key, "").does(); got.body != `{"secrets":{},"success":true}` {
			s.Errorf("left are %s", got.body)
		}
	})
}

// Given a variable that a set has, and one whose name the page took in small letters, then the first is the set's, and the second is found as it is.
func TestSecrets_OfASetAndOfThePage_AreFoundAndKeptApart(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		key := s.key(alice)
		s.must(s.fenced.SyncEnvVars(t.Context(), claimOf(store.KindAccount, "alice"), claimOf(store.KindEnvVarSet, "theirs"), func([]store.EnvVar) store.EnvVarPlan {
			return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: store.EnvVarSet, Name: "THEIRS", Value: store.NewSecret([]byte("canary-theirs"))}}}
		}))
		_, err := s.store.Holder(alice).PutEnvVars(t.Context(), []store.NamedValue{{Name: "small", Value: store.NewSecret([]byte("canary-small"))}})
		s.must(err)
		s.ask(http.MethodPut, secrets, key, `{"key": "theirs", "value": "mine"}`).refuses(http.StatusConflict, "managed", "env THEIRS is set by your platform team")
		s.ask(http.MethodDelete, secrets, key, `{"key": "THEIRS"}`).refuses(http.StatusConflict, "managed", "env THEIRS is set by your platform team")
		s.ask(http.MethodPut, secrets, key, `{"key": "small", "value": "2"}`).does()
		s.ask(http.MethodDelete, secrets, key, `{"key": "small"}`).does()
		if got := s.valueOf(claimOf(store.KindAccount, "alice"), "THEIRS"); got != "canary-theirs" {
			s.Error("the set's value is another")
		}
	})
}

func TestSecrets_WhatCannotBeTaken_IsAnsweredAndNotRepeated(t *testing.T) {
	s := newScene(t, "sqlite")
	key := s.key(s.holder("alice"))
	canary := s.secret("canary-that-is-refused")
	long := strings.Repeat("x", 64<<10)
	for body, code := range map[string]string{
		`{}`: "missing_input", `{"key": "A"}`: "missing_input", `{"key": "", "value": "` + canary + `"}`: "missing_input",
		`{"key": "1A", "value": "` + canary + `"}`: "invalid_characters", `{"key": "A B", "value": "` + canary + `"}`: "invalid_characters",
		`{"key": "Ü", "value": "` + canary + `"}`: "invalid_characters", `{"key": "A", "value": "` + canary + `\u0000"}`: "invalid_characters",
		`{"key": "` + strings.Repeat("A", 254) + `", "value": "` + canary + `"}`: "input_too_long", `{"key": "A", "value": "` + long + `x"}`: "input_too_long",
		`{"key": "A", "value": ["` + canary + `"]}`: "bad_request", `{"key": "A", "value": "` + canary: "bad_request", `"` + canary + `"`: "bad_request",
	} {
		if got := s.ask(http.MethodPost, secrets, key, body).refuses(http.StatusBadRequest, code, ""); strings.Contains(got.body, canary) {
			t.Errorf("the value is repeated for %s", code)
		}
	}
	s.ask(http.MethodPost, secrets, key, `{"key": "A", "value": "`+strings.Repeat("x", 600<<10)+`"}`).
		refuses(http.StatusRequestEntityTooLarge, "input_too_long", "larger")
	s.ask(http.MethodPost, secrets, key, `{"key": "A", "value": "`+long+`"}`).does()
	s.ask(http.MethodPost, secrets, key, `{"key": "EMPTY", "value": ""}`).does()
}

// Given an account with as many variables as one may have, when another is created, then it is refused as the client knows it.
func TestSecrets_TooMany_AreRefused(t *testing.T) {
	s := newScene(t, "sqlite")
	alice := s.holder("alice")
	key := s.key(alice)
	many := make([]store.NamedValue, 4096)
	for n := range many {
		many[n].Name = "V" + strings.Repeat("_", n/26) + string(rune('A'+n%26))
	}
	_, err := s.store.Holder(alice).PutEnvVars(t.Context(), many)
	s.must(err)
	s.ask(http.MethodPost, secrets, key, `{"key": "ONE_MORE", "value": "x"}`).refuses(http.StatusBadRequest, "max_secrets", "was not stored")
}
