package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// owns gives an account a team that has a member and an instance.
func (s *scenario) owns(address, team string) {
	s.Helper()
	s.foreign(`INSERT INTO teams (id, owner_id) SELECT ?, id FROM accounts WHERE email = ? AND deleted_at IS NULL`, team, address)
}

func (s *scenario) teamsOf(address string) int {
	return s.count(`SELECT count(*) FROM teams t JOIN accounts a ON a.id = t.owner_id WHERE a.email = ? AND a.deleted_at IS NULL`, address)
}

func TestDeletion_EachKindOfBlocker_IsCountedAndNamed(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.becomesReady(alice)
	s.owns(email, "research")
	var want []v1alpha1.DeletionBlocker
	for _, kind := range []string{"Cluster", "Instance", "Machine", "Volume"} {
		b := v1alpha1.DeletionBlocker{Kind: kind, Count: 13}
		for n := range 12 {
			id := fmt.Sprintf("%s-%02d", strings.ToLower(kind), n)
			s.foreign(`INSERT INTO `+strings.ToLower(kind)+`s (id, account_id) SELECT ?, id FROM accounts`, id)
			if len(b.IDs) < 10 {
				b.IDs = append(b.IDs, id)
			}
		}
		s.foreign(`INSERT INTO `+strings.ToLower(kind)+`s (id, team_id) VALUES (?, 'research')`, "z-"+kind)
		want = append(want, b)
	}

	s.delete(alice)

	message := s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
	if diff := cmp.Diff(want, alice.Status.DeletionBlockers); diff != "" {
		t.Errorf("status.deletionBlockers (-want +got):\n%s", diff)
	}
	for _, shown := range []string{"13 machines (machine-00, ", "1 in teams that it owns", "to Retain", "to Transfer"} {
		if !strings.Contains(message, shown) {
			t.Errorf("%q is not shown: %s", shown, message)
		}
	}
	s.receivesEvent(alice, "DeletionBlocked")
	for _, kind := range []string{"clusters", "instances", "machines", "volumes"} {
		s.foreign(`DELETE FROM ` + kind)
	}
	s.isGoneWithin(atOnce, alice)
	if s.count(`SELECT count(*) FROM teams`) != 0 {
		t.Error("its team is still there")
	}
}

func TestDeletion_HeirBecomesReady_TeamsGoToIt(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.owns(email, "research")
	s.foreign(`INSERT INTO instances (id, team_id) VALUES ('i-1', 'research')`)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Deletion = toHeir("bob") })
	s.becomesReady(alice)

	s.delete(alice)
	message := s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonTransferTargetNotReady)
	if !strings.Contains(message, `"bob"`) || !s.has(alice, v1alpha1.ConditionDeletionBlocked) {
		t.Errorf("who is waited for is not shown: %s", message)
	}

	// An heir that is there and not Ready is no heir.
	bob := account("bob", "bob@example.com")
	bob.Spec.ReferredBy = "nobody"
	s.create(bob)
	s.becomes(bob, metav1.ConditionFalse, v1alpha1.ReasonInvalid)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonTransferTargetNotReady)
	s.delete(bob)
	s.isGone(bob)

	bob = account("bob", "bob@example.com")
	s.create(bob)
	s.becomesReady(bob)
	s.isGoneWithin(atOnce, alice)
	if s.teamsOf("bob@example.com") != 1 || s.count(`SELECT count(*) FROM instances`) != 1 {
		t.Error("the heir has not the team with all it had")
	}
}

func toHeir(name string) v1alpha1.AccountDeletion {
	return v1alpha1.AccountDeletion{Teams: v1alpha1.TeamsTransfer, TransferTeamsTo: &v1alpha1.AccountReference{Name: name}}
}

func TestDeletion_NoTeams_NeedsNoHeir(t *testing.T) {
	s := withAlice(t)
	alice, bob := account2(s, "alice"), account("bob", "bob@example.com")
	bob.Spec.Deletion = toHeir("alice")
	s.create(bob)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Deletion = toHeir("bob") })
	s.becomesReady(alice, bob)

	s.delete(alice)
	s.delete(bob)

	s.isGone(alice)
	s.isGone(bob)
}

func TestDeletion_HeirIsTheAccountItself_IsRefused(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.becomesReady(alice)
	s.owns(email, "research")

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Deletion = toHeir("alice") })
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonInvalid)
	s.delete(alice)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonTransferTargetNotReady)

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Deletion = v1alpha1.AccountDeletion{} })
	s.isGone(alice)
	if s.count(`SELECT count(*) FROM teams`) != 0 {
		t.Error("the team outlived its owner")
	}
}

func TestDeletion_MemberOfATeam_MembershipEndsAndTeamStays(t *testing.T) {
	s := withAlice(t)
	bob := account("bob", "bob@example.com")
	s.create(bob)
	s.becomesReady(bob)
	s.owns("bob@example.com", "research")
	s.foreign(`INSERT INTO team_members (team_id, account_id) SELECT 'research', id FROM accounts WHERE email = ?`, email)
	s.foreign(`INSERT INTO instances (id, team_id) VALUES ('i-1', 'research')`)

	alice := account2(s, "alice")
	s.delete(alice)

	s.isGone(alice)
	if s.count(`SELECT count(*) FROM team_members`) != 0 || s.teamsOf("bob@example.com") != 1 {
		t.Error("the membership is left, or the team is gone")
	}
}

func TestForget_DuringTheDeletion_LeavesTheStoreAsItIs(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.foreign(addInstance)
	s.delete(alice)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
	before := s.audited()

	s.forget(alice)

	s.isGoneWithin(atOnce, alice)
	if s.live(email) != 1 || s.count(`SELECT count(*) FROM accounts WHERE uid IS NOT NULL`) != 1 || s.audited() != before {
		t.Error("the store was touched")
	}
	if note := s.receivesEvent(alice, "Forgotten"); !strings.Contains(note, "may still hold") {
		t.Errorf("the event says %q", note)
	}
}
