package accountapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/accountapi"
	"github.com/account-operator/account-operator/internal/store"
)

// Given an account, when it is shown, then what the client compares and counts with is there: numbers as numbers, and no key.
func TestShowUser_AnAccount_HasWhatTheClientShows(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		key := s.key(alice, store.KeyUserRead)
		s.must(s.store.Holder(alice).Set(t.Context(), store.HolderSpec{Settings: store.Settings[*string]{
			Username: new("alice"), Invoice: store.Invoice[*string]{Name: new("Alice & Söhne <1>"), PostalCode: new("01067")},
		}}))
		got := s.ask(http.MethodGet, "/api/v0/users/current", key, "").does()
		for name, want := range map[string]any{
			"email": "alice@example.com", "email_verified": true, "email_verified_at": 1767323045.0, "username": "alice", "user": "alice",
			"fullname": "Alice & Söhne <1>", "billaddress_zip": "01067", "billaddress_line1": nil, "tfa_status": "disabled",
			"api_key": "", "credit": 0.0, "balance": 0.0, "ssh_key": nil,
		} {
			if got.at(name) != want {
				s.Errorf("%s is %v, wanted %v", name, got.at(name), want)
			}
		}
		if got.number("id") != alice || got.number("key_id") == "0" || !strings.Contains(got.body, "Söhne <1>") {
			s.Errorf("got %s", got.body)
		}
		if rights := got.at("rights", "api").(map[string]any); len(rights) != 1 || rights["user_read"] == nil {
			s.Errorf("rights are %v", rights)
		}
	})
}

// Given an account of which an object sets some, when its holder changes it, then what is free is changed and seen, what is managed is refused
// with by whom, and a change of several is made whole or not at all.
func TestSetUser_ManagedAndFreeFields_AreKeptApart(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice", func(want *store.AccountSpec) { want.Invoice.City = new("Dresden") })
		key := s.key(alice)
		put := func(body string) answer { return s.ask(http.MethodPut, "/api/v0/users/", key, body) }

		put(`{"username": "al", "fullname": " Alice ", "billaddress_zip": 1067, "billaddress_country": "DE"}`).does()
		shown := s.ask(http.MethodGet, "/api/v0/users/current/", key, "").does()
		if shown.text("username") != "al" || shown.text("fullname") != "Alice" || shown.text("billaddress_zip") != "1067" {
			s.Errorf("shown are %s", shown.body)
		}
		put(`{"fullname": ""}`).does()
		put(`{"username": "other", "billaddress_city": "Berlin"}`).refuses(http.StatusConflict, "managed", "invoice.address.city is set by your platform team")
		shown = s.ask(http.MethodGet, "/api/v0/users/current", key, "").does()
		if shown.text("username") != "al" || shown.text("billaddress_city") != "Dresden" || shown.at("fullname") != nil {
			s.Errorf("shown are %s", shown.body)
		}
	})
	naming := newScene(t, "sqlite", func(o *accountapi.Options) { o.ShowManagers = true })
	key := naming.key(naming.holder("alice", func(want *store.AccountSpec) { want.Username = new("team's") }))
	naming.ask(http.MethodPut, "/api/v0/users/current/", key, `{"username": "hers"}`).refuses(http.StatusConflict, "managed", "username is set by Account team/alice")
}

// Given each field that the client's help lists, then it is changed, or refused with what becomes of it; and no field besides is taken.
func TestSetUser_EachFieldOfTheClient_IsTakenOrAnswered(t *testing.T) {
	s := newScene(t, "sqlite")
	key := s.key(s.holder("alice"))
	put := func(body string) answer { return s.ask(http.MethodPut, "/api/v0/users/", key, body) }
	for _, name := range []string{
		"username", "fullname", "billaddress_line1", "billaddress_line2", "billaddress_city", "billaddress_zip", "billaddress_country", "billaddress_taxinfo",
	} {
		put(`{"` + name + `": "x"}`).does()
	}
	for _, name := range []string{
		"ssh_key", "paypal_email", "wise_email", "email", "normalized_email", "balance_threshold_enabled", "balance_threshold", "autobill_threshold", "phone_number",
	} {
		put(`{"`+name+`": "x"}`).refuses(http.StatusBadRequest, "not_offered", name+" is not changed here: ")
	}
	for body, code := range map[string]string{
		`{}`: "missing_input", ``: "missing_input", `{"credit": 1000000}`: "nonexistent_key", `{"password_hash": "x"}`: "nonexistent_key",
		`{"username": "` + strings.Repeat("x", 257) + `"}`: "input_too_long", `{"username": "a\u0000b"}`: "invalid_characters",
		`{"username": "a\nb"}`: "invalid_characters", `{"username": "a\u202eb"}`: "invalid_characters", `{"username": {}}`: "bad_request", `[]`: "bad_request",
	} {
		put(body).refuses(http.StatusBadRequest, code, "")
	}
}
