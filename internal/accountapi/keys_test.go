package accountapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

const apiKeys = "/api/v0/auth/apikeys/"

// Given a key, when it makes, lists, shows, and deletes others as the client does, then each works from its making to its end.
func TestKeys_MadeListedShownAndDeleted_WorkInBetween(t *testing.T) {
	onEach(t, func(s *scene) {
		key := s.key(s.holder("alice"))
		made := s.ask(http.MethodPost, apiKeys, key, `{"name": "ci", "permissions": {"api": {"user_read": {}, "misc": {}}}, "key_params": ""}`).does()
		text := s.secret(made.text("key"))
		if rights := made.at("permissions", "api").(map[string]any); len(rights) != 2 {
			s.Errorf("permissions are %v", rights)
		}
		s.ask(http.MethodGet, "/api/v0/users/current", text, "").does()
		s.ask(http.MethodPost, secrets, text, `{"key": "A", "value": "x"}`).refuses(http.StatusForbidden, "auth_error", "no right user_write")

		list := s.ask(http.MethodGet, apiKeys, key, "").does()
		if all := list.at("apikeys").([]any); len(all) != 2 || list.text("apikeys", 0, "name") != "ci" || list.number("apikeys", 0, "id") != made.number("id") {
			s.Errorf("listed are %s", list.body)
		}
		id := made.number("id")
		shown := s.ask(http.MethodGet, apiKeys+id+"/", key, "").does()
		if shown.text("key") != "…"+text[len(text)-4:] || strings.Contains(list.body+shown.body, text[:20]) {
			s.Errorf("shown is %s", shown.body)
		}
		deleted := s.ask(http.MethodDelete, apiKeys+id+"/", key, "{}").does()
		var sentence string
		if err := json.Unmarshal([]byte(deleted.body), &sentence); err != nil || sentence == "" {
			s.Errorf("deleted: %s", deleted.body)
		}
		s.ask(http.MethodGet, "/api/v0/users/current", text, "").refuses(http.StatusUnauthorized, "auth_error", "Invalid user key")
		for _, gone := range []string{id, "0", "-1"} {
			s.ask(http.MethodDelete, apiKeys+gone, key, "{}").refuses(http.StatusNotFound, "not_found", "no API key")
		}
		s.ask(http.MethodGet, apiKeys+"x", key, "").refuses(http.StatusBadRequest, "invalid_args", "a number")
	})
}

// Given a key with a few rights and an end, when it makes others, then none may more or lasts longer, whatever it asks for.
func TestKeys_MadeByAKeyWithFewRights_MayNoMore(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		ends := time.Now().Add(time.Hour).Truncate(time.Second)
		_, text, err := s.store.Holder(alice).CreateKey(t.Context(), "", store.APIKey{Rights: []store.KeyRight{store.KeyUserWrite, store.KeyUserRead}, Expires: ends})
		s.must(err)
		few := s.secret(string(text.Reveal()))
		for _, wanted := range []string{`{"api": {"billing_write": {}}}`, `{"api": {"user_read": {}, "team_write": {}}}`} {
			s.ask(http.MethodPost, apiKeys, few, `{"name": "more", "permissions": `+wanted+`}`).refuses(http.StatusForbidden, "invalid_permissions", "rights that it has itself")
		}
		same := s.ask(http.MethodPost, apiKeys, few, `{"name": "same"}`).does()
		child := s.secret(same.text("key"))
		if rights := same.at("permissions", "api").(map[string]any); len(rights) != 2 {
			s.Errorf("permissions are %v", rights)
		}
		if in, err := s.store.Key(t.Context(), store.NewSecret([]byte(child))); err != nil || in.AllRights || !in.Expires.Equal(ends) {
			s.Errorf("it is %+v, %v", in, err)
		}
		for _, wrong := range []string{
			`{"api": {"user_write": {"api.secrets": {}}}}`, `{"api": {"root": {}}}`, `["user_read"]`, `{"manage_instances": true}`, `{"api": null}`, `"all"`, `7`,
		} {
			s.ask(http.MethodPost, apiKeys, few, `{"name": "wrong", "permissions": `+wrong+`}`).refuses(http.StatusBadRequest, "invalid_permissions", "No key was made")
		}
		for body, code := range map[string]string{
			`{}`: "invalid_args", `{"name": "a\nb"}`: "invalid_args", `{"name": "` + strings.Repeat("x", 256) + `"}`: "invalid_args",
			`{"name": "x", "key_params": {"ip": "*"}}`: "not_offered",
		} {
			s.ask(http.MethodPost, apiKeys, few, body).refuses(http.StatusBadRequest, code, "")
		}
	})
}

// Given a key with no rights to begin with, then a key that it would make has none either.
func TestKeys_EmptyPermissions_AreNone(t *testing.T) {
	s := newScene(t, "sqlite")
	key := s.key(s.holder("alice"))
	made := s.ask(http.MethodPost, apiKeys, key, `{"name": "none", "permissions": {"api": {}}}`).does()
	s.ask(http.MethodGet, "/api/v0/users/current", s.secret(made.text("key")), "").refuses(http.StatusForbidden, "auth_error", "no right user_read")
}

// Given a key that is reset, then the new one has its place at once, and another's is not.
func TestResetKey_TheOneThatAsks_IsAnother(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		key, other := s.key(alice), s.key(alice)
		const path = "/api/v0/commands/reset_apikey/"
		s.ask(http.MethodPut, path, key, `{"client_id": 4711}`).refuses(http.StatusForbidden, "forbidden", "another account")
		next := s.secret(s.ask(http.MethodPut, path, key, `{"client_id": "me"}`).does().text("new_api_key"))
		s.ask(http.MethodGet, "/api/v0/users/current", key, "").refuses(http.StatusUnauthorized, "auth_error", "Invalid user key")
		for _, valid := range []string{next, other} {
			s.ask(http.MethodGet, "/api/v0/users/current", valid, "").does()
		}
	})
}

// Given two accounts, when the key of one asks for what is the other's, then there is no such thing.
func TestKeys_OfAnotherAccount_AreNotFound(t *testing.T) {
	onEach(t, func(s *scene) {
		mine, theirs := s.key(s.holder("alice")), s.key(s.holder("bob"))
		id := s.ask(http.MethodGet, apiKeys, theirs, "").does().number("apikeys", 0, "id")
		s.ask(http.MethodGet, apiKeys+id, mine, "").refuses(http.StatusNotFound, "not_found", "no API key")
		s.ask(http.MethodDelete, apiKeys+id, mine, "").refuses(http.StatusNotFound, "not_found", "no API key")
		s.ask(http.MethodGet, "/api/v0/users/current", theirs, "").does()
	})
}
