package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/cli"
)

func TestPreflight_Deletion_IsDescribedAndChangesNothing(t *testing.T) {
	s := newScene(t)
	a, _, _ := s.household()

	got := s.runs("preflight-delete", "alice")

	s.holds(got, "It would do this:\n- account "+a.Status.AccountID+" ("+s.email("alice")+") is deleted with all that it holds",
		"envvarset/training, cloudconnection/data, sshkey/laptop: AccountNotFound")
	if strings.Contains(got, "Not known") {
		t.Errorf("the store was not looked at:\n%s", got)
	}
	s.becomes(a, v1alpha1.ReasonSynced)
	if !a.DeletionTimestamp.IsZero() {
		t.Error("it was deleted")
	}
}

func TestPreflight_Blocked_ExitsWithNo(t *testing.T) {
	s := newScene(t)
	a := s.account("alice", func(a *v1alpha1.Account) {
		a.Spec.Deletion = v1alpha1.AccountDeletion{Teams: v1alpha1.TeamsTransfer, TransferTeamsTo: &v1alpha1.AccountReference{Name: "bob"}}
	})
	s.becomes(a, v1alpha1.ReasonSynced)

	r := s.run("preflight-delete", "alice")

	s.holds(r.out, "It would wait for:\n- TransferTargetNotReady", "account/bob, which does not exist")
	s.holds(r.reported, "the deletion of account/alice would wait")
	if r.code != cli.ExitNo {
		t.Errorf("it ended with %d", r.code)
	}
	s.becomes(s.account("bob"), v1alpha1.ReasonSynced)
	s.runs("preflight-delete", "alice")
	s.holds(s.runs("preflight-delete", "bob"), "account/alice is to hand its teams to this one, and could not")
}

// Given an Account that is in sync, when something begins to run in it, then preflight-delete ends with 3 from what status counts at that
// moment, and with 0 when it has ended; nothing is deleted for it.
func TestPreflight_RunningNow_IsCounted(t *testing.T) {
	s := newScene(t)
	a := s.account("alice")
	s.becomes(a, v1alpha1.ReasonSynced)
	s.runs("preflight-delete", "alice")

	s.instance("i-"+s.ns, s.email("alice"))
	r := s.run("preflight-delete", "alice")

	s.holds(r.out, "It would wait for:\n- Instance: 1 in the account")
	if r.code != cli.ExitNo {
		t.Errorf("it ended with %d", r.code)
	}
	s.becomes(a, v1alpha1.ReasonSynced)
	if len(a.Status.Dependents) != 1 || a.Status.Dependents[0].Count != 1 {
		t.Errorf("status counts %+v", a.Status.Dependents)
	}
	s.foreign("DELETE FROM instances WHERE id = ?", "i-"+s.ns)
	s.runs("preflight-delete", "alice")
}

// Given a user who may only read, when it is asked what is in the way, then the answer says that what runs is as of the last reconcile.
func TestPreflight_ByAViewer_SaysWhatItDoesNotKnow(t *testing.T) {
	s := newScene(t)
	a := s.account("alice")
	s.becomes(a, v1alpha1.ReasonSynced)
	s.as("viewer-of-"+s.ns, "account-operator-viewer")

	s.holds(s.runs("preflight-delete", "alice"), "Not known:\n- whether machines", "as of the last look")
	s.becomes(a, v1alpha1.ReasonSynced)
	if len(a.Annotations) != 0 {
		t.Errorf("it has the annotations %v", a.Annotations)
	}
}

func TestPreflight_DeletionBlocked_NamesWhatRuns(t *testing.T) {
	s := newScene(t)
	a := s.account("alice")
	s.becomes(a, v1alpha1.ReasonSynced)
	s.instance("i-"+s.ns, s.email("alice"))
	s.must(s.api.Delete(t.Context(), a))
	s.becomes(a, v1alpha1.ReasonDeletionBlocked)

	r := s.run("preflight-delete", "alice", "-o", "json")

	var got cli.Preflight
	s.must(json.Unmarshal([]byte(r.out), &got))
	if r.code != cli.ExitNo || len(got.Blockers) != 1 || len(got.Unknown) != 0 || got.Account != s.ns+"/alice" {
		t.Errorf("code %d, %+v", r.code, got)
	}
	s.holds(r.out, "1 instance (i-"+s.ns+")")
	s.runs("forget", "alice")
}
