package portal_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

func TestRequest_Answer_SaysNothingOfTheAccount(t *testing.T) {
	s := newScene(t)
	alice, bob := s.newAccount("alice", "Dark"), s.settledAccount("bob")
	want := s.post("/link", "purpose", "ChoosePassword", "email", "nobody@example.com").shows(t, http.StatusOK, "Check your mail")
	for _, purpose := range []string{"VerifyAddress", "ChoosePassword"} {
		for _, email := range []string{alice, bob, strings.ToUpper(bob), "nobody-else@example.com"} {
			got := s.post("/link", "purpose", purpose, "email", email)
			got.header.Del("Date")
			want.header.Del("Date")
			if got.status != want.status || got.body != want.body || !same(got.header, want.header) {
				t.Errorf("%s for %s: another answer", purpose, email)
			}
		}
	}
}

func TestRequest_AccountMissing_TakesNoLessTime(t *testing.T) {
	s := newScene(t)
	for _, email := range []string{s.settledAccount("alice"), "nobody@example.com"} {
		began := time.Now()
		s.post("/link", "email", email).shows(t, http.StatusOK, "Check your mail")
		if took := time.Since(began); took < 100*time.Millisecond {
			t.Errorf("%s: answered after %s", email, took)
		}
	}
}

func same(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if strings.Join(a[name], "\n") != strings.Join(b[name], "\n") {
			return false
		}
	}
	return true
}

func TestRequest_Link_ComesAndWorks(t *testing.T) {
	s := newScene(t)
	alice := s.settledAccount("alice")
	page := s.open("/password", store.NewSecret([]byte("of last week"))).shows(t, http.StatusGone, expiredHeading)
	s.post("/link", "purpose", page.field(t, "purpose"), "email", " "+alice+" ").shows(t, http.StatusOK, "Check your mail")
	s.open("/password", s.mailed(alice)).shows(t, http.StatusOK, "Choose a password")
}

// Who presses the button twice sees the answer to the second time.
func TestRequest_ConfirmedTwice_GetsToAPassword(t *testing.T) {
	s := newScene(t)
	alice := s.newAccount("alice", "System")
	token := string(s.mailed(alice).Reveal())
	s.post("/verify", "token", token).shows(t, http.StatusOK, "Choose a password")
	page := s.post("/verify", "token", token).shows(t, http.StatusGone, expiredHeading)

	chosen := ""
	for _, choice := range elements(page.parse(t), "input") {
		if has(choice, "checked") {
			chosen = attribute(choice, "value")
		}
	}
	s.post("/link", "purpose", chosen, "email", alice).shows(t, http.StatusOK, "Check your mail")
	s.open("/password", s.mailed(alice)).shows(t, http.StatusOK, "Choose a password")
}

func TestRequest_NoAddress_IsReportedBesideItsField(t *testing.T) {
	s := newScene(t)
	for _, email := range []string{"", "alice", "@example.com", "alice@", "a b@example.com", "a@example.com, b@example.com",
		"<a@example.com>", "a@example.com\r\nBcc: b@example.com", strings.Repeat("a", 250) + "@example.com"} {
		page := s.post("/link", "email", email).shows(t, http.StatusUnprocessableEntity, expiredHeading)
		if described := describedBy(t, page.parse(t), "email"); !strings.Contains(described, "name@example.com") {
			t.Errorf("%q: beside the field: %q", email, described)
		}
	}
	if s.deliver(); len(s.inbox) != 0 {
		t.Errorf("mails to %d addresses", len(s.inbox))
	}
}

func TestRequest_OnePeerAsksOften_IsStopped(t *testing.T) {
	s := newScene(t)
	served := 0
	for range 30 {
		request := s.form("/link", "email", "nobody@example.com")
		request.Header.Set("X-Forwarded-For", "198.51.100."+string(rune('1'+served%9))) // nobody trusts it
		got := s.do(request)
		if got.status != http.StatusOK {
			got.shows(t, http.StatusTooManyRequests, "Too many requests")
			if got.header.Get("Retry-After") == "" {
				t.Error("it is not said when to come back")
			}
			break
		}
		served++
	}
	if served != 10 {
		t.Errorf("served %d times, wanted 10", served)
	}
}

func TestRequest_OneAccountAskedOften_IsMailedFewTimes(t *testing.T) {
	s := newScene(t)
	alice := s.settledAccount("alice")
	for range 8 {
		s.post("/link", "email", alice).shows(t, http.StatusOK, "Check your mail")
		s.deliver()
	}
	if got := len(s.inbox[alice]); got != 6 { // the platform's first one asked to confirm the address
		t.Errorf("%d mails within the hour, wanted 6", got)
	}
}

func TestRequest_TrustedProxy_EachVisitorIsAPeer(t *testing.T) {
	s := newSceneBehind(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	for i := range 12 {
		request := s.form("/link", "email", "nobody@example.com")
		request.Header.Set("X-Forwarded-For", netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}).String())
		s.do(request).shows(t, http.StatusOK, "Check your mail")
	}
}
