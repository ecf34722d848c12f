package accountapi_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/accountapi"
	"github.com/account-operator/account-operator/internal/store"
)

// hostileBodies are what no route takes as it is meant.
func hostileBodies() []string {
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	return []string{
		`null`, `[]`, `7`, `"x"`, `{`, `{"key":`, "\x00", "\xff\xfe", `{"key": 1e999}`, `{"key": {"a": 1}, "value": ["x"]}`, deep,
		`{"code": true, "secret": {}, "tfa_method_id": -1, "target_id": 99999999999999999999}`, `{"name": null, "permissions": "*", "key_params": []}`,
		`{"key": "A", "key": "B", "value": "x"}`, `{"__proto__": {"admin": true}, "admin": true, "id": 1, "user_id": 1, "email_verified": true}`,
		`{"client_id": "../../1"}`, `{"tfa_method": "totp' OR 1=1 --", "code": "' OR '1'='1", "backup_code": "%00"}`, strings.Repeat("x", 100<<10),
		`{"username": "<script>alert(1)</script>", "fullname": "'; DROP TABLE accounts; --"}`,
	}
}

// hostility is an account that is used against another one.
type hostility struct {
	*scene

	mallory, bob string // their IDs
	theirs       string // a key of bob's
	before       string // what bob's account was
}

func newHostility(t *testing.T) hostility {
	s := newScene(t, "sqlite", func(o *accountapi.Options) { o.Rate = 100_000 })
	h := hostility{scene: s, mallory: s.holder("mallory"), bob: s.holder("bob")}
	_, err := s.store.Holder(h.bob).PutEnvVars(t.Context(), []store.NamedValue{{Name: "TOKEN", Value: store.NewSecret([]byte("canary-bob"))}})
	s.must(err)
	h.theirs = s.key(h.bob)
	h.before = h.whatBobHas()
	return h
}

func (h hostility) whatBobHas() string {
	h.Helper()
	return h.ask(http.MethodGet, "/api/v0/users/current", h.theirs, "").does().body + h.valueOf(claimOf(store.KindAccount, "bob"), "TOKEN")
}

// keysEnd makes room for more keys.
func (h hostility) keysEnd() {
	h.exec(`DELETE FROM api_keys WHERE account_id = (SELECT id FROM accounts WHERE email = 'mallory@example.com')`)
}

// isInWords wants an answer that a program can read, and that has nothing of bob's.
func (h hostility) isInWords(got answer, isStatus func(int) bool) {
	h.Helper()
	if !isStatus(got.status) || !json.Valid([]byte(got.body)) || strings.Contains(got.body, "canary") || strings.Contains(got.body, "bob@example.com") {
		h.Errorf("%s: %d %.200s", got.what, got.status, got.body)
	}
}

func (h hostility) bobHasTheSame() {
	h.Helper()
	if after := h.whatBobHas(); after != h.before {
		h.Errorf("the account of another became %s", after)
	}
}

// Given every route, when it gets what nobody means, then it answers as JSON that says whether it was done, within the statuses that the client
// knows, and the account of another is as it was.
func TestHostile_EachRouteAndBody_IsAnsweredInWords(t *testing.T) {
	h := newHostility(t)
	known := func(status int) bool { return slices.Contains([]int{200, 400, 401, 403, 404, 409, 413, 429}, status) }
	for _, r := range accountapi.Routes() {
		key := h.key(h.mallory)
		for _, body := range hostileBodies() {
			got := h.ask(r.Method, wildcard.ReplaceAllString(r.Path, "7"), key, body)
			h.isInWords(got, known)
			if got.status == http.StatusUnauthorized { // it was reset, or deleted
				key = h.key(h.mallory)
			}
		}
		h.keysEnd()
	}
	h.bobHasTheSame()
}

// Given paths and methods that lead nowhere, or to another's account, then they are answered as JSON, too, and lead to nothing.
func TestHostile_EachPathAndMethod_IsAnsweredInWords(t *testing.T) {
	h := newHostility(t)
	understood := func(status int) bool { return status/100 != 3 && status < 500 }
	for _, path := range []string{
		"/api/v0/auth/apikeys/%2e%2e%2f1", "/api/v0/auth/apikeys/9223372036854775808", "/api/v0/auth/apikeys/1;2", "/api/v0/auth/apikeys/%00", "/api/v0/secrets%2f",
		"/api/v0/users/" + h.bob, "/api/v0/users/" + h.bob + "/", "/api/v0/users/current?api_key=" + h.theirs, "/api/v0/" + strings.Repeat("x/", 3000),
	} {
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete, http.MethodPatch, "PROPFIND"} {
			h.isInWords(h.ask(method, path, h.key(h.mallory), "{}"), understood)
			h.keysEnd()
		}
	}
	h.bobHasTheSame()
}

// Given a client that sends its body at a drip, or never, then others are served meanwhile.
func TestHostile_BodyThatNeverComes_HoldsNobodyUp(t *testing.T) {
	s := newScene(t, "sqlite")
	key := s.key(s.holder("alice"))
	for range 20 {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
		s.must(err)
		t.Cleanup(func() { _ = connection.Close() })
		_, err = fmt.Fprintf(connection, "POST /api/v0/secrets/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 1000\r\n\r\n{", key)
		s.must(err)
	}
	began := time.Now()
	s.ask(http.MethodGet, "/api/v0/users/current", key, "").does()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Given a header that two servers could read differently, then it is refused, as is a request of HTTP/1.0 without a key.
func TestHostile_RawRequests_AreRefused(t *testing.T) {
	s := newScene(t, "sqlite")
	for _, raw := range []string{
		"GET /api/v0/users/current HTTP/1.0\r\n\r\n",
		"POST /api/v0/secrets HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"GET /api/v0/users/current HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\x00b\r\n\r\n",
		"GET http://elsewhere.example.com/api/v0/users/current HTTP/1.1\r\nHost: x\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
		s.must(err)
		s.must(connection.SetDeadline(time.Now().Add(10 * time.Second)))
		_, err = io.WriteString(connection, raw)
		s.must(err)
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		s.must(err)
		if response.StatusCode/100 == 3 || response.StatusCode >= 500 || response.StatusCode == http.StatusOK && !strings.HasPrefix(raw, "OPTIONS") {
			t.Errorf("%.40q: %d", raw, response.StatusCode)
		}
		s.must(response.Body.Close())
		s.must(connection.Close())
	}
}

// Whatever a body holds, a request is answered as JSON that blames the request, and the program goes on.
func FuzzBody_AnyRoute_IsAnsweredInWords(f *testing.F) {
	for n, body := range hostileBodies() {
		f.Add(n, body)
	}
	path := filepath.Join(f.TempDir(), "accounts.db")
	s := opened(f, "sqlite://"+path)
	fenced, err := s.Lead(f.Context(), "cluster", "lease")
	if err != nil {
		f.Fatal(err)
	}
	a, err := fenced.PutAccount(f.Context(), claimOf(store.KindAccount, "alice"), store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
	if err != nil {
		f.Fatal(err)
	}
	settled(f, path)
	handler := accountapi.New(accountapi.Options{Store: s, Rate: 1_000_000, Log: logr.Discard()})
	routes := accountapi.Routes()
	f.Fuzz(func(t *testing.T, n int, body string) {
		_, key, err := s.Holder(a.ID).CreateKey(t.Context(), "", store.APIKey{AllRights: true})
		if err != nil {
			t.Fatal(err)
		}
		r := routes[(n%len(routes)+len(routes))%len(routes)]
		request := httptest.NewRequestWithContext(t.Context(), r.Method, wildcard.ReplaceAllString(r.Path, "7"), strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer "+string(key.Reveal()))
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, request)
		if !json.Valid(response.Body.Bytes()) || response.Code >= 500 {
			t.Errorf("%s %s: %d %s", r.Method, r.Path, response.Code, response.Body)
		}
		all, err := s.Holder(a.ID).Keys(t.Context())
		for _, k := range all {
			err = errors.Join(err, s.Holder(a.ID).DeleteKey(t.Context(), k.ID))
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}
