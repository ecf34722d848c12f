package reader_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/store"
)

// Given requests without a right to anything, when they are sent, then each gets a fixed answer.
func TestRequest_WithoutARight_IsRefused(t *testing.T) {
	s := newScene(t)
	_, envOfAlice := s.key([]string{store.RightEnv}, s.alice)
	_, maker := s.key([]string{store.RightEnv, store.RightTokens}, s.alice)
	token := decoded[reader.Token](t, s.ask(http.MethodPost, "/v1/accounts/"+s.alice+"/tokens", maker))
	name, revoked := s.key([]string{store.RightEnv})
	s.must(s.store.RevokeReaderKeys(t.Context(), name, ""))
	s.reader.Forget()
	alice, bob := "/v1/accounts/"+s.alice, "/v1/accounts/"+s.bob
	for _, c := range []struct {
		method, path, credential string
		want                     int
	}{
		{http.MethodGet, alice + "/env", "", 401},
		{http.MethodGet, alice + "/env", "x", 401},
		{http.MethodGet, alice + "/env", "aok_", 401},
		{http.MethodGet, alice + "/env", "aot_" + strings.Repeat("A", 43), 401},
		{http.MethodGet, alice + "/env", envOfAlice + "x", 401},
		{http.MethodGet, alice + "/env", "a.b.c", 401},
		{http.MethodGet, alice + "/env", strings.Repeat("x", 9000), 401},
		{http.MethodGet, alice + "/env", revoked, 401},
		{http.MethodGet, bob + "/env", envOfAlice, 403},
		{http.MethodGet, "/v1/accounts/999/env", envOfAlice, 403},
		{http.MethodGet, alice + "/connections", envOfAlice, 403},
		{http.MethodGet, "/v1/changes", envOfAlice, 403},
		{http.MethodPost, alice + "/tokens", envOfAlice, 403},
		{http.MethodGet, bob + "/env", token.Token, 403},
		{http.MethodPost, alice + "/tokens", token.Token, 403},
		{http.MethodPost, bob + "/tokens", maker, 403},
		{http.MethodGet, alice + "/env/MISSING", envOfAlice, 404},
		{http.MethodGet, alice + "/env/TOKEN", envOfAlice, 200},
		{http.MethodGet, alice + "/env/TOKEN", token.Token, 200},
	} {
		if got := s.ask(c.method, c.path, c.credential); got.status != c.want {
			t.Errorf("%s %s by %.8s: %d, wanted %d: %s", c.method, c.path, c.credential, got.status, c.want, got.body)
		}
	}
}

// Given a credential, when its scheme is written as HTTP lets one write it, then it is taken; by another scheme, or twice, it is not.
func TestRequest_SchemeOfTheCredential_IsTakenInAnyCase(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightEnv})
	for given, want := range map[string]int{"bearer " + key: 200, "BEARER " + key: 200, "Basic " + key: 401, "Bearer" + key: 401, "Bearer  " + key: 401, key: 401} {
		if got := s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", "", "Authorization", given); got.status != want {
			t.Errorf("%.8s: %d", given, got.status)
		}
	}
}

// Given who makes a token, when he asks for more than he has, or for what there is not, then he gets none; and without asking, what he has.
func TestToken_Rights_AreThoseOfItsMaker(t *testing.T) {
	s := newScene(t)
	_, maker := s.key([]string{store.RightEnv, store.RightChanges, store.RightTokens})
	tokens := "/v1/accounts/" + s.alice + "/tokens"
	for body, want := range map[string]int{
		"": 201, "{}": 201, `{"rights":["env"]}`: 201, `{"rights":["env","env"]}`: 201, `{"rights":["connections"]}`: 403, `{"rights":["tokens"]}`: 403,
		`{"rights":["all"]}`: 400, `{"rights":"env"}`: 400, `{"account":"2"}`: 400, "[]": 400, "{": 400, `{}{}`: 400, `{"rights":["` + strings.Repeat("x", 2000) + `"]}`: 400,
	} {
		if got := s.send(http.MethodPost, tokens, maker, body); got.status != want {
			t.Errorf("%.40s: %d %s", body, got.status, got.body)
		}
	}
	got := decoded[reader.Token](t, s.ask(http.MethodPost, tokens, maker))
	if fmt.Sprint(got.Rights) != "[changes env]" || got.Account != s.alice || time.Until(got.Expires) > time.Hour || time.Until(got.Expires) < 55*time.Minute {
		t.Errorf("%s for %s until %s", got.Rights, got.Account, got.Expires)
	}
	if got := s.ask(http.MethodPost, "/v1/accounts/999/tokens", maker); got.status != http.StatusNotFound {
		t.Errorf("for no account: %+v", got)
	}
}

// Given paths, methods and headers that no client of ours sends, when they come, then each gets a fixed answer that has nothing of the request.
func TestRequest_Hostile_GetsAFixedAnswer(t *testing.T) {
	s := newScene(t)
	_, key := s.key(store.ReaderRights)
	alice := "/v1/accounts/" + s.alice
	fixed := map[string]bool{}
	count := 0
	for _, path := range []string{
		"/", "/v1", "/v1/", "/v1/accounts", "/v1/accounts/", alice, alice + "/", alice + "/env/", alice + "/env/A/B", alice + "/../../v1/changes", "//v1/changes",
		"/v1/accounts//env", "/v1/accounts/01/env", "/v1/accounts/+1/env", "/v1/accounts/-1/env", "/v1/accounts/0/env", "/v1/accounts/1e0/env",
		"/v1/accounts/%31%00/env", "/v1/accounts/99999999999999999999/env", "/v1/accounts/1%20OR%201=1/env", "/v1/accounts/%2e%2e/env", alice + "/env/%2e%2e",
		alice + "/env/canary-path", alice + "/env/" + strings.Repeat("A", 4000), alice + "/env/%00", alice + "/env/%ff%fe", alice + "/env/%0d%0aSet-Cookie:x",
		alice + "/env/<script>", "/v2/accounts/1/env", "/openapi.json", "/metrics", "/debug/pprof/", "/.git/config", "/healthz/x", "/v1/changes/",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete, "CANARY"} {
			got := s.ask(method, path, key)
			count++
			fixed[got.body] = true
			if got.status < 400 || got.status >= 500 || got.header.Get("Content-Type") != "application/problem+json" || got.header.Get("Location") != "" {
				t.Errorf("%s %.60s: %d %s", method, path, got.status, got.body)
			}
		}
	}
	if len(fixed) > 2 || count < 100 || strings.Contains(strings.ToLower(fmt.Sprint(fixed)), "canary") {
		t.Errorf("%d requests got %d different answers: %v", count, len(fixed), fixed)
	}
}

// Given a path that there is, when it is asked by another method, then the answer names the one that it takes.
func TestRequest_WrongMethod_IsRefused(t *testing.T) {
	s := newScene(t)
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect} {
		if got := s.ask(method, "/v1/accounts/1/env", ""); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != http.MethodGet {
			t.Errorf("%s: %d %v", method, got.status, got.header)
		}
	}
}

// Given clients that send slowly, or too much, when they do, then their connections end, and others are served meanwhile.
func TestRequest_SlowOrLarge_IsEnded(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightEnv})
	dial := func(text string) net.Conn {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.server.Addr().String())
		s.must(err)
		t.Cleanup(func() { _ = conn.Close() })
		_, err = io.WriteString(conn, text)
		s.must(err)
		return conn
	}
	var slow []net.Conn
	for range 100 {
		slow = append(slow, dial("GET /v1/changes HTTP/1.1\r\nHost: a\r\nX-Slow: "))
	}
	large := dial("GET / HTTP/1.1\r\nHost: a\r\nX-Large: " + strings.Repeat("x", 20<<10) + "\r\n\r\n")
	if got := s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", key); got.status != http.StatusOK {
		t.Errorf("meanwhile: %+v", got)
	}
	for _, conn := range append(slow, large) {
		s.must(conn.SetReadDeadline(time.Now().Add(time.Minute)))
		if _, err := io.ReadAll(conn); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Fatal("a slow connection is still open")
		}
	}
}

// Given a reader that asks faster than its rate, when it does, then it is refused with the time to come again, and another is not.
func TestRequest_FasterThanItsRate_HasToWait(t *testing.T) {
	s := newScene(t, func(o *reader.Options) { o.Rate = 2 })
	_, fast := s.key([]string{store.RightEnv})
	_, other := s.key([]string{store.RightEnv})
	var refused answer
	for range 10 {
		if got := s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", fast); got.status == http.StatusTooManyRequests {
			refused = got
		}
	}
	if h := refused.header; h.Get("Retry-After") == "" || h.Get("RateLimit-Policy") != `"reader";q=2;w=1` || h.Get("RateLimit") != `"reader";r=0;t=1` {
		t.Errorf("%+v", refused)
	}
	if got := s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", other); got.status != http.StatusOK {
		t.Errorf("the other: %+v", got)
	}
}

// Given values, when everything goes wrong that can, then none of them, and no credential, stands in the log or in a refusal.
func TestLog_WhateverHappens_HasNoValue(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightEnv, store.RightTokens})
	s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env/"+canary, key, "If-None-Match", canary)
	s.send(http.MethodPost, "/v1/accounts/"+s.alice+"/tokens", key, canary)
	s.sql(`DROP TABLE reader_reads`)
	s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", key)
	s.sql(`DROP TABLE env_vars`)
	got := s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", key)
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || strings.Contains(got.body, "env_vars") {
		t.Errorf("%+v", got)
	}
	s.stop()
	if log := s.log.String(); !strings.Contains(log, "could not be counted") || strings.Contains(log, canary) || strings.Contains(log, key[4:]) {
		t.Errorf("the log: %s", log)
	}
}
