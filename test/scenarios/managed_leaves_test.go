package scenarios

import (
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Given accounts that an earlier manager stored, of which the store does not know what their specs set, when this one starts, then it is
// noted of each, and neither a status nor what was applied is written; and the next start finds nothing to do.
func TestUpgrade_WhatSpecsSetIsNotKnown_IsNotedOnceAndNothingElseWritten(t *testing.T) {
	s := withAlice(t)
	bob := account("bob", "bob-managed@example.com")
	bob.Spec.Preferences.Theme = "Dark"
	s.create(bob)
	s.becomesReady(bob)
	s.quiet(bob)
	s.stop()
	s.foreign(`UPDATE accounts SET managed = NULL`)
	s.foreign(`DELETE FROM changes`)
	audited := s.count(`SELECT count(*) FROM audit`)
	s.watch()

	for range 2 {
		s.startManager()
		s.eventually(soon, func() string {
			if s.count(`SELECT count(*) FROM accounts WHERE managed = '["email","preferences.theme","security.twoFactor"]'`) == 1 &&
				s.count(`SELECT count(*) FROM accounts WHERE managed = '["email","security.twoFactor"]'`) == 1 {
				return ""
			}
			return "it is not known what the specs set"
		})
		s.stop()
	}

	s.costs("restart twice", map[string]int{})
	if n := s.count(`SELECT count(*) FROM audit`) - audited; n != 0 {
		t.Errorf("%d writes to accounts", n)
	}
}

// Given a leaf that the spec sets and that drift leaves as another client made it, then it is the object's all the same; and once the spec
// leaves it out, it is the holder's.
func TestHolder_ChangesWhatTheSpecSets_IsRefusedAlsoWhereDriftIsReported(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	change(s, alice, func(a *v1alpha1.Account) {
		a.Spec.DriftPolicy, a.Spec.Preferences.Theme = v1alpha1.DriftReport, "Dark"
	})
	s.becomesReady(alice)
	s.foreign(`UPDATE accounts SET theme = 'Light'`)
	s.eventually(soon, func() string {
		s.becomesReady(alice)
		if len(alice.Status.Drifted) != 1 {
			return "the drift is not reported"
		}
		return ""
	})
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Username = ptr(v1alpha1.Line("team's")) })
	s.becomesReady(alice)
	const both = `SELECT count(*) FROM accounts WHERE theme = 'Light' AND managed LIKE '%theme%' AND managed LIKE '%username%'`
	if s.count(both) != 1 {
		t.Error("what the spec sets is not known to be the object's")
	}

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "" })
	s.becomesReady(alice)
	if s.count(`SELECT count(*) FROM accounts WHERE theme = 'Light' AND managed NOT LIKE '%theme%'`) != 1 {
		t.Error("what the spec leaves out is not the holder's")
	}
}
