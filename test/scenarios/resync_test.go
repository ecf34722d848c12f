package scenarios

import (
	"testing"
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/long"
)

// The shortest interval there may be is half a minute, so this is for the long form.
func TestResync_IntervalOfItsOwn_IsComparedWithoutACause(t *testing.T) {
	if !long.Choose(false, true) {
		t.Skip("it takes the better part of a minute")
	}
	s := newScenario(t)
	alice, bob := account("alice", email), account("bob", "bob@example.com")
	alice.Spec.ResyncIntervalSeconds = ptr(int32(30))
	for _, a := range []*v1alpha1.Account{alice, bob} {
		a.Spec.Preferences.Theme = "Dark"
		s.create(a)
		s.becomesReady(a)
	}

	// Given a store whose change feed reports nothing.
	s.foreign(`DROP TRIGGER accounts_updated`)
	s.foreign(`UPDATE accounts SET theme = 'Light'`)

	s.eventually(time.Minute, func() string {
		if s.count(`SELECT count(*) FROM accounts WHERE email = ? AND theme = 'Dark'`, email) == 1 {
			return ""
		}
		return "the account was not compared"
	})
	if s.count(`SELECT count(*) FROM accounts WHERE email = 'bob@example.com' AND theme = 'Light'`) != 1 {
		t.Error("an object without an interval was compared as well")
	}
}
