package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/legible"
)

func TestEnvVarSet_MadeAgainWithOtherVariables_FormerOnesLeaveTheAccount(t *testing.T) {
	s := withAlice(t)
	// Given a set with a value from a Secret
	set := envVarSet("base", "alice", fromSecret("TOKEN", "hf", "token"), value("MODE", "1"))
	s.create(secret("hf", "token", "1"), set)
	s.becomesReady(set)

	// When it is made again under its name while no manager runs, and asks for none of what it had
	s.stop()
	s.ghost(set)
	anew := envVarSet("base", "alice", value("OTHER", "1"))
	s.create(anew)
	s.startManager()

	// Then it finds its rows again, and they leave the account like names that leave a set
	s.becomesReady(anew)
	s.eventually(soon, func() string {
		if names := s.names(email); len(names) != 1 || names[0] != "OTHER" {
			return "the account has " + legible.List(names)
		}
		return ""
	})
}

func TestEnvVarSet_MadeAgainUnderAnotherAccount_LeavesNothingInTheFormerOne(t *testing.T) {
	for policy, left := range map[v1alpha1.DeletionPolicy]string{v1alpha1.DeletionDelete: "", v1alpha1.DeletionRetain: "TOKEN"} {
		t.Run(string(policy), func(t *testing.T) {
			s := withAlice(t)
			// Given a set with a value from a Secret, beside another set
			bob := account("bob", "bob@example.com")
			set, other := envVarSet("base", "alice", fromSecret("TOKEN", "hf", "token")), envVarSet("other", "alice", value("OTHER", "1"))
			s.create(bob, secret("hf", "token", canary), set, other)
			s.becomesReady(bob, set, other)

			// When it goes past its finalizer and is made again under another account
			s.stop()
			s.ghost(set)
			again := envVarSet("base", "bob", value("A", "1"))
			again.Spec.DeletionPolicy = policy
			s.create(again)
			s.startManager()

			// Then by the time it is Ready, the former account has what its own deletion would have left, and what others hold
			s.becomesReady(again)
			want := strings.Fields("OTHER " + left)
			if diff := cmp.Diff(want, s.names(email)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"A"}, s.names("bob@example.com")); diff != "" {
				t.Error(diff)
			}
			if n := s.count(`SELECT count(*) FROM env_vars WHERE owner_uid = ?`, string(set.UID)); n != 0 {
				t.Errorf("the former object still holds %d variables", n)
			}
		})
	}
}

func TestCloudConnection_MadeAgainUnderAnotherAccount_LeavesNothingInTheFormerOne(t *testing.T) {
	s := withAlice(t)
	// Given a connection
	bob, c := account("bob", "bob@example.com"), s3Connection("data", "alice", "s3")
	s.create(bob, secret("s3", "access-key-id", "1", "secret-access-key", "2"), c)
	s.becomesReady(bob, c)

	// When it goes past its finalizer and is made again under another account
	s.stop()
	s.ghost(c)
	again := s3Connection("data", "bob", "s3")
	s.create(again)
	s.startManager()

	// Then it is that account's, and there is no other
	s.becomesReady(again)
	const held = `SELECT count(*) FROM connections c JOIN accounts a ON a.id = c.account_id WHERE a.email = ?`
	if alices, bobs := s.count(held, email), s.count(held, "bob@example.com"); alices != 0 || bobs != 1 {
		t.Errorf("the former account has %d connections, the new one %d", alices, bobs)
	}
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

	// When its object is gone for a while
	s.tune = aged(time.Millisecond)
	s.startManager()

	// Then nothing shows it any more
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
