package controller

import (
	"testing"
	"time"
)

func TestEnvVarSet_MadeAnewWithOtherVariables_FormerOnesLeaveTheAccount(t *testing.T) {
	s := withAlice(t)
	// Given a set with a value from a Secret
	set := envVarSet("base", "alice", fromSecret("TOKEN", "hf", "token"), value("MODE", "1"))
	s.create(secret("hf", "token", "1"), set)
	s.becomesReady(set)

	// When it is made anew under its name while nobody looks, and asks for none of what it had
	s.stop()
	s.ghost(set)
	anew := envVarSet("base", "alice", value("OTHER", "1"))
	s.create(anew)
	s.startManager()

	// Then it finds its rows again, and they leave the account like names that leave a set
	s.becomesReady(anew)
	s.eventually(soon, func() string {
		if names := s.names(email); len(names) != 1 || names[0] != "OTHER" {
			return "the account has " + some(names)
		}
		return ""
	})
}

func TestAppliedRecords_OfObjectsThatAreGone_AreDropped(t *testing.T) {
	s := withAlice(t)
	// Given a set whose account went before it, and that then went unheard
	set := envVarSet("base", "alice", value("A", "1"))
	bob := account("bob", "bob@example.com")
	s.create(set, bob)
	s.becomesReady(set, bob)
	s.delete(account2(s, "alice"))
	s.isGone(account2(s, "alice"))
	s.stop()
	s.ghost(set)

	// When nobody has missed its object for a while
	s.tune = aged(time.Millisecond)
	s.startManager()

	// Then nothing tells of it any more
	s.eventually(soon, func() string {
		if n := s.count(`SELECT count(*) FROM applied WHERE uid = ?`, string(set.UID)); n != 0 {
			return "the record is still there"
		}
		return ""
	})
	if n := s.count(`SELECT count(*) FROM applied WHERE uid = ?`, string(bob.UID)); n != 1 {
		t.Error("the record of an object that is there is gone")
	}
}
