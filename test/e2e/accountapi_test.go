package e2e_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
)

// asks sends a request with a key through the proxy, and returns the status and the body of the answer.
func (s *pagesSite) asks(method, path, key, body string) (status int, answer string) {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	s.must(err)
	request.Header.Set("Authorization", "Bearer "+key)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	s.must(err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	s.must(err)
	return response.StatusCode, string(text)
}

// isAnswered wants a status, and an answer that has a text.
func (s *pagesSite) isAnswered(method, path, key, body string, status int, has string) {
	s.Helper()
	if got, answer := s.asks(method, path, key, body); got != status || !strings.Contains(answer, has) {
		s.Errorf("%s %s: %d %s", method, path, got, answer)
	}
}

// Given two processes with the rights of the pages alone that serve the account API beside them, when a holder's program writes a variable, reads
// it from both, goes on after one was killed, and its key is deleted, then each works as it does with one; what an object sets is refused with
// that, and the object hears of what the program wrote.
func TestAccountAPI_TwoReplicas_AnswerAsOne(t *testing.T) {
	s := newPagesSite(t)
	s.migrates()
	replicas := map[string]*replica{}
	for range 2 {
		r := s.starts("--account-api", "--factor-keyset-file="+s.factors)
		s.becomesReady(r)
		replicas[r.pages] = r
	}
	s.mailed("alice")
	claim := store.Claim{Cluster: "cluster", Kind: store.KindAccount, Namespace: "team", NamespaceUID: "team", Name: "alice", UID: "alice"}
	account, err := s.fenced.PutAccount(t.Context(), claim, store.AccountSpec{Email: "alice@example.com", Settings: store.Settings[*string]{Username: new("team's")}},
		store.Mark{Generation: 2, Record: "2"})
	s.must(err)
	_, text, err := s.store.Holder(account.ID).CreateKey(t.Context(), "", store.APIKey{Name: "laptop", AllRights: true})
	s.must(err)
	key := string(text.Reveal())

	s.isAnswered(http.MethodPost, "/api/v0/secrets/", key, `{"key": "token", "value": "canary"}`, http.StatusOK, `"success"`)
	seen := map[string]bool{}
	for range 4 {
		s.isAnswered(http.MethodGet, "/api/v0/secrets", key, "", http.StatusOK, `"TOKEN":"********"`)
		seen[s.proxy.answered()] = true
	}
	if len(seen) != 2 {
		t.Errorf("%d replicas answered", len(seen))
	}
	s.isAnswered(http.MethodPut, "/api/v0/users/", key, `{"username": "hers"}`, http.StatusConflict, `"error":"managed"`)
	s.shows("Your account", "/", nil)

	killed := s.proxy.answered()
	replicas[killed].Kill()
	await.Value(t, replicas[killed].Done())
	for range 4 {
		s.isAnswered(http.MethodPut, "/api/v0/users/", key, `{"fullname": "Alice"}`, http.StatusOK, `"success":true`)
	}
	keys, err := s.store.Holder(account.ID).Keys(t.Context())
	s.must(err)
	s.must(s.store.Holder(account.ID).DeleteKey(t.Context(), keys[0].ID))
	s.isAnswered(http.MethodGet, "/api/v0/users/current", key, "", http.StatusUnauthorized, "Invalid user key")
}
