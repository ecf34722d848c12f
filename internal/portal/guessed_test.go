package portal_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/postgres"
)

// Given two replicas over one store, when a hundred strangers guess a password at once, then few of them are judged, and the holder's own
// browser still signs in.
func TestSignIn_GuessedByAHundredOverTwoReplicas_FewAreJudged(t *testing.T) {
	eachStore(t, fewPasswordsAreJudged)
}

func fewPasswordsAreJudged(t *testing.T, s *scene) {
	alice := s.member("alice")
	b := s.browser()
	b.signIn(alice).shows(t, http.StatusOK, "Your settings")
	before := s.options.Hasher.Made()

	statuses := s.crowd(t, "/sign-in", func(int) []*http.Cookie { return nil }, "email", alice, "password", "wrong tigers dance")

	judged := statuses[http.StatusUnprocessableEntity]
	if made := int(s.options.Hasher.Made() - before); made > store.SignInAttempts || judged > made || statuses[http.StatusTooManyRequests] < 100-store.SignInAttempts-statuses[http.StatusServiceUnavailable] {
		t.Errorf("%d hashes, answers %v", made, statuses)
	}
	s.post("/sign-in", "email", alice, "password", fine).shows(t, http.StatusTooManyRequests, "Too many attempts")
	b.signIn(alice).shows(t, http.StatusOK, "Your settings")
}

// Given an account whose password a stranger has, when a hundred guess the code over two replicas, then five are judged.
func TestSignIn_CodeGuessedByAHundredOverTwoReplicas_FiveAreJudged(t *testing.T) {
	eachStore(t, fiveCodesAreJudged)
}

func fiveCodesAreJudged(t *testing.T, s *scene) {
	alice := s.member("alice")
	s.withApp(alice)
	b := s.browser()
	b.signIn(alice).shows(t, http.StatusOK, "Enter a code")
	half := &http.Cookie{Name: "session", Value: b.cookie("session")}

	statuses := s.crowd(t, "/sign-in/code", func(int) []*http.Cookie { return []*http.Cookie{half} }, "code", "000000")

	if judged := statuses[http.StatusUnprocessableEntity]; judged > store.FactorAttempts || statuses[http.StatusSeeOther] > 0 ||
		statuses[http.StatusTooManyRequests] == 0 {
		t.Errorf("answers %v", statuses)
	}
	b.post("/sign-in/code", "code", s.code(0)).shows(t, http.StatusTooManyRequests, "Too many attempts")
}

// eachStore has two replicas on one SQLite store, and on one PostgreSQL, where each has connections of its own.
func eachStore(t *testing.T, holds func(*testing.T, *scene)) {
	trusted := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	options := func(*url.URL) portal.Options { return portal.Options{TrustedProxies: trusted} }
	t.Run("SQLite", func(t *testing.T) { holds(t, onStore(t, "", trusted, options)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		server, err := postgres.Start(t.Context(), postgres.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = server.Stop() })
		holds(t, onStore(t, server.NewDatabase(t), trusted, options))
	})
}

// crowd sends a form a hundred times at once to two replicas, each from another address, and counts the answers.
func (s *scene) crowd(t *testing.T, path string, cookies func(n int) []*http.Cookie, fields ...string) map[int]int {
	t.Helper()
	var replicas [2]http.Handler
	for n := range replicas {
		o := s.options
		if n == 1 && s.beside != nil {
			o.Links, o.Holders = s.beside, s.beside
		}
		var err error
		replicas[n], err = portal.New(o)
		s.must(err)
	}
	requests := make([]*http.Request, 100)
	for n := range requests {
		values := url.Values{}
		for i := 0; i < len(fields); i += 2 {
			values.Set(fields[i], fields[i+1])
		}
		requests[n] = httptest.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader(values.Encode()))
		requests[n].Header.Set("Content-Type", "application/x-www-form-urlencoded")
		requests[n].Header.Set("Sec-Fetch-Site", "same-origin")
		requests[n].Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", n))
		for _, each := range cookies(n) {
			requests[n].AddCookie(each)
		}
	}
	var all sync.WaitGroup
	var counts [600]atomic.Int64
	for n, request := range requests {
		all.Go(func() {
			answer := httptest.NewRecorder()
			replicas[n%2].ServeHTTP(answer, request)
			counts[answer.Code].Add(1)
		})
	}
	await.End(t, all.Wait)
	statuses := map[int]int{}
	for code := range counts {
		if n := int(counts[code].Load()); n > 0 {
			statuses[code] = n
		}
	}
	return statuses
}
