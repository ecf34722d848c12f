package accountapi_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/accountapi"
	"github.com/account-operator/account-operator/internal/store"
)

// wildcard is a part of a path that stands for any.
var wildcard = regexp.MustCompile(`\{[a-z]+\}`)

// Given any route, when it is asked for with and without a slash at its end, then both are answered alike, as JSON, and never by a redirect.
func TestRoutes_BothFormsOfThePath_AreAnsweredAlike(t *testing.T) {
	onEach(t, func(s *scene) {
		key := s.key(s.holder("alice"), store.KeyMisc)
		for _, r := range accountapi.Routes() {
			path := wildcard.ReplaceAllString(r.Path, "7")
			with, without := s.ask(r.Method, path, key, ""), s.ask(r.Method, path+"/", key, "")
			if with.status != without.status || with.body != without.body || with.status == http.StatusNotFound || with.status/100 == 3 {
				t.Errorf("%s: %d %s, and with a slash %d %s", with.what, with.status, with.body, without.status, without.body)
			}
			with.at() // it is JSON
		}
	})
}

// Given paths and methods that are none, and paths that are not clean, then each is refused in words, and leads nowhere.
func TestRoutes_WhatIsNone_IsRefusedInWords(t *testing.T) {
	s := newScene(t, "sqlite")
	key := s.key(s.holder("alice"))
	for _, path := range []string{
		"/", "/api", "/api/", "/api/v0", "/api/v0/users//current", "/api/v0/./users/current", "/api/v0/users/../users/current", "/api/v0//",
		"//api/v0/secrets/", "/api/v1/secrets", "/api/v0/secrets/TOKEN", "/api/v0/users/current//", "/%2e%2e/api/v0/secrets",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			s.ask(method, path, key, "{}").refuses(http.StatusNotFound, "not_found", "no such path")
		}
	}
	got := s.ask(http.MethodPatch, "/api/v0/secrets/", key, "{}").refuses(http.StatusMethodNotAllowed, "wrong_method", "another method")
	if allowed := got.header.Get("Allow"); !strings.Contains(allowed, "DELETE") || !strings.Contains(allowed, "GET") {
		t.Errorf("allowed are %q", allowed)
	}
}

// Given requests without a key, with one that is none, and with a session that is over, then each is answered with the text that the client
// compares.
func TestKey_MissingUnknownOrOver_IsAnsweredAsTheClientComparesIt(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		key := s.key(alice)
		const path = "/api/v0/users/current"
		s.ask(http.MethodGet, path, key, "").does()

		s.ask(http.MethodGet, path, "", "").refuses(http.StatusForbidden, "auth_error", "Authorization: Bearer")
		for _, none := range []string{"x", key + "x", strings.Repeat("x", 5000), "aoa_" + strings.Repeat("A", 43), "é"} {
			got := s.ask(http.MethodGet, path, none, "").refuses(http.StatusUnauthorized, "auth_error", "Invalid user key")
			if got.text("msg") != "Invalid user key" {
				s.Errorf("it says %q", got.text("msg"))
			}
		}
		session := "aos_" + strings.TrimPrefix(key, "aoa_")
		if got := s.ask(http.MethodGet, path, session, ""); got.status != http.StatusNotFound || got.text("msg") != "Session expired. Please log in again." {
			s.Errorf("got %d %s", got.status, got.body)
		}
		s.exec(`UPDATE accounts SET password_hash = 'another'`)
		s.ask(http.MethodGet, path, key, "").refuses(http.StatusUnauthorized, "auth_error", "Invalid user key")
	})
}

func TestKey_ShownOtherwise_IsTakenAsTheFlagsSay(t *testing.T) {
	const path = "/api/v0/users/current"
	s, taking := newScene(t, "sqlite"), newScene(t, "sqlite", func(o *accountapi.Options) { o.KeyInQuery = true })
	key, theirs := s.key(s.holder("alice")), taking.key(taking.holder("alice"))

	s.ask(http.MethodGet, path+"?api_key="+url.QueryEscape(key), "", "").refuses(http.StatusForbidden, "auth_error", "not taken here")
	taking.ask(http.MethodGet, path+"?api_key="+url.QueryEscape(theirs), "", "").does()
	taking.ask(http.MethodGet, path+"?api_key=a&api_key="+url.QueryEscape(theirs), "", "").refuses(http.StatusForbidden, "auth_error", "Bearer")
	taking.ask(http.MethodGet, path+"?api_key="+url.QueryEscape(theirs), "other", "").refuses(http.StatusUnauthorized, "auth_error", "Invalid user key")

	for _, header := range [][]string{{"Basic " + key}, {key}, {"Bearer"}, {"Bearer "}, {"Bearer " + key, "Bearer " + key}} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		s.must(err)
		request.Header["Authorization"] = header
		s.send(request).refuses(http.StatusForbidden, "auth_error", "Bearer")
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	s.must(err)
	request.Header.Set("Authorization", "bearer "+key)
	s.send(request).does()
}

// Given a key without any right, when each route is asked for, then all are refused that need one; and with its right none is for that.
func TestRights_EachRoute_TakesItsOwn(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		none := s.key(alice, store.KeyMisc)
		with := map[store.KeyRight]string{}
		for _, right := range store.KeyRights {
			with[right] = s.key(alice, right)
		}
		for _, r := range accountapi.Routes() {
			path := wildcard.ReplaceAllString(r.Path, "7")
			if r.Right == "" {
				continue
			}
			if r.Right != store.KeyMisc {
				s.ask(r.Method, path, none, "{}").refuses(http.StatusForbidden, "auth_error", "no right "+string(r.Right))
			}
			if got := s.ask(r.Method, path, with[r.Right], `{"never": "heard of"}`); strings.Contains(got.body, "has no right") {
				s.Errorf("%s with its right: %s", got.what, got.body)
			}
		}
	})
}

// Given an account with a second factor, when a key is shown alone, then it reads, and writes nothing; and where the policy asks for a factor that
// the account does not have, no key writes.
func TestSecondFactor_KeyAlone_ReadsOnly(t *testing.T) {
	onEach(t, func(s *scene) {
		alice, bob := s.holder("alice"), s.holder("bob", func(want *store.AccountSpec) { want.TwoFactor = "Required" })
		s.must(s.store.EnrolTOTP(s.Context(), alice, "", store.NewSecret([]byte("canary-seed-20-bytes")), 0))
		for account, msg := range map[string]string{alice: "Two Factor Authentication", bob: "Two Factor Authentication is required for this account"} {
			key := s.key(account)
			for _, r := range accountapi.Routes() {
				path := wildcard.ReplaceAllString(r.Path, "7")
				got := s.ask(r.Method, path, key, `{"never": "heard of"}`)
				if r.Writes {
					got.refuses(http.StatusUnauthorized, "tfa_required", msg)
				} else if strings.Contains(got.body, "tfa_required") {
					s.Errorf("%s: %s", got.what, got.body)
				}
			}
			s.ask(http.MethodGet, "/api/v0/users/current", key, "").does()
		}
	})
}

// Given a key that is used too often, then it waits, while another of the same address does not; and the tries in vain cost nothing.
func TestLimits_KeyAsksTooOften_WaitsAlone(t *testing.T) {
	s := newScene(t, "sqlite", func(o *accountapi.Options) { o.Rate = 1 })
	alice := s.holder("alice")
	key, other := s.key(alice), s.key(alice)
	const path = "/api/v0/secrets"
	for range 5 {
		s.ask(http.MethodGet, path, key, "").does()
	}
	for range 3 {
		got := s.ask(http.MethodGet, path, key, "").refuses(http.StatusTooManyRequests, "too_many_requests", "too frequent")
		if got.header.Get("Retry-After") != "1" {
			t.Errorf("it says %q", got.header.Get("Retry-After"))
		}
	}
	s.ask(http.MethodGet, path, other, "").does()
	for range 30 {
		s.ask(http.MethodGet, path, "guess", "")
	}
	s.ask(http.MethodGet, path, other, "").refuses(http.StatusTooManyRequests, "too_many_requests", "too frequent")
}
