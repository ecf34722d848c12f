package portal_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
)

// One page for every token that does not work, so that none of them reveals anything.
func TestToken_Useless_GetsTheSamePageWhateverIsWrong(t *testing.T) {
	s := newScene(t)
	bad := badTokens(s)
	alice, bob := s.newAccount("alice", "Dark"), s.settledAccount("bob")
	verify, reset := s.mailed(alice), s.resetFor(bob)
	for path, other := range map[string]store.Secret{"/verify": reset, "/password": verify} {
		want := s.get(path).shows(t, http.StatusGone, expiredHeading)
		bad["for another page"] = other
		for name, token := range bad {
			get := s.open(path, token)
			post := s.post(path, "token", string(token.Reveal()), "password", fine, "repeat", fine)
			for _, got := range []seen{get, post} {
				if got.status != want.status || got.body != want.body {
					t.Errorf("%s: a token that is %s gets another page: %d", path, name, got.status)
				}
			}
		}
	}
	if s.verified(alice) || s.password(bob) != former {
		t.Error("something was changed")
	}
	s.open("/verify", verify).shows(t, http.StatusOK, "Confirm your address")
	s.open("/password", reset).shows(t, http.StatusOK, "Choose a password")
}

// badTokens are by what is wrong with each.
func badTokens(s *scene) map[string]store.Secret {
	s.Helper()
	expired := s.mailed(s.newAccount("carol", "Dark"))
	if _, err := s.sql.ExecContext(s.Context(), `UPDATE links SET expires_at = '2020-01-01T00:00:00.000Z'`); err != nil {
		s.Fatal(err)
	}
	used := s.mailed(s.newAccount("dave", "Dark"))
	s.post("/verify", "token", string(used.Reveal())).shows(s, http.StatusOK, "Choose a password")
	erin := s.settledAccount("erin")
	voided := s.resetFor(erin)
	valid := string(s.resetFor(erin).Reveal())
	text := func(token string) store.Secret { return store.NewSecret([]byte(token)) }
	return map[string]store.Secret{
		"none": text(""), "unknown": text(strings.Repeat("A", 43)), "cut": text(valid[:20]), "longer": text(valid + "A"),
		"in capitals": text(strings.ToUpper(valid)), "huge": text(strings.Repeat("A", 4000)), "not text": text("\xff\x00"),
		"expired": expired, "used": used, "voided": voided,
	}
}

func TestToken_PressedManyTimesAtOnce_WorksOnce(t *testing.T) {
	s := newScene(t)
	alice, bob := s.newAccount("alice", "System"), s.settledAccount("bob")
	for path, token := range map[string]store.Secret{"/verify": s.mailed(alice), "/password": s.resetFor(bob)} {
		requests := make([]*http.Request, 12)
		for i := range requests {
			requests[i] = s.form(path, "token", string(token.Reveal()), "password", fine, "repeat", fine)
		}
		statuses := make([]int, len(requests))
		var all sync.WaitGroup
		for i, request := range requests {
			all.Go(func() { statuses[i] = s.do(request).status })
		}
		await.End(t, all.Wait)
		counts := map[int]int{}
		for _, status := range statuses {
			counts[status]++
		}
		refused := counts[http.StatusGone] + counts[http.StatusServiceUnavailable] // on a busy machine one's turn may not come
		if counts[http.StatusOK] != 1 || refused != len(requests)-1 {
			t.Errorf("%s: %v", path, counts)
		}
	}
}
