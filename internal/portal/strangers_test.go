package portal_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// Given that strangers used up most of what everybody may ask for within the hour, when they ask on from one network, then they have to wait, and
// the holder of an account elsewhere does not.
func TestRequestLink_StrangersAskForMuch_HolderElsewhereIsServed(t *testing.T) {
	s := newSceneBehind(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	alice := s.settledAccount("alice")
	for n := range 5 {
		s.askFrom(fmt.Sprintf("203.0.113.%d", n), fmt.Sprintf("nobody-%d@example.com", n)).shows(t, http.StatusOK, "Check your mail")
	}
	s.everybodyHad(1900)

	s.askFrom("203.0.113.77", "nobody@example.com").shows(t, http.StatusTooManyRequests, "Too many requests")

	s.askFrom("198.51.100.1", alice).shows(t, http.StatusOK, "Check your mail")
	s.open("/password", s.mailed(alice)).shows(t, http.StatusOK, "Choose a password")
}

// Given that nobody may ask for a link any more, when the holder of one uses it, then it works: only requests for new ones are counted.
func TestLink_NobodyMayAskForMore_WorksAllTheSame(t *testing.T) {
	s := newScene(t)
	token := s.mailed(s.newAccount("alice", "System"))
	s.everybodyHad(2000)
	s.post("/link", "email", "alice@example.com").shows(t, http.StatusTooManyRequests, "Too many requests")

	s.open("/verify", token).shows(t, http.StatusOK, "Confirm your address")
	page := s.post("/verify", "token", string(token.Reveal())).shows(t, http.StatusOK, "Choose a password")
	s.post("/password", "token", page.field(t, "token"), "password", fine, "repeat", fine).shows(t, http.StatusOK, "Your password is set")
}

// Given a program that opens links nobody mailed as fast as it can, then it is asked to wait, and a visitor elsewhere is not.
func TestPages_ProgramOpensManyLinks_WaitsAndOthersDoNot(t *testing.T) {
	s := newSceneBehind(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	opened, last := 0, s.getFrom("203.0.113.1", "/verify?token=any")
	for ; last.status == http.StatusGone && opened < 5000; opened++ {
		last = s.getFrom("203.0.113.1", "/verify?token=any")
	}
	last.shows(t, http.StatusTooManyRequests, "Too many requests")
	if opened < 200 {
		t.Errorf("after %d pages", opened)
	}
	s.getFrom("203.0.113.2", "/verify?token=any").shows(t, http.StatusGone, expiredHeading)
}

func (s *scene) getFrom(address, path string) seen {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.url+path, nil)
	s.must(err)
	request.Header.Set("X-Forwarded-For", address)
	return s.do(request)
}

// everybodyHad has so many requests been taken up within the hour.
func (s *scene) everybodyHad(requests int) {
	s.Helper()
	_, err := s.sql.ExecContext(s.Context(), `INSERT INTO mail_budgets (origin, bucket, began, used)
		VALUES ('Anonymous', -1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), $1) ON CONFLICT (origin, bucket) DO UPDATE SET used = excluded.used`, requests)
	s.must(err)
}

// askFrom asks for a link from behind a proxy that is trusted.
func (s *scene) askFrom(address, email string) seen {
	s.Helper()
	request := s.form("/link", "purpose", "ChoosePassword", "email", email)
	request.Header.Set("X-Forwarded-For", address)
	return s.do(request)
}

// address is where the pages are served.
func (s *scene) address() string { return strings.TrimPrefix(s.url, "http://") }
