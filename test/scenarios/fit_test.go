package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

// Given rows that other programs wrote and no schema of a status admits, when they are reported, then the Account is Ready all the
// same, status has all that it can have, and a condition names what is left out, without a value of it.
func TestStatus_ForeignRowsThatItCannotShow_IsWrittenWithoutThem(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	alice := account2(s, "alice")
	s.foreign(`UPDATE accounts SET username = ?`, strings.Repeat("u", 5000))
	s.foreign(`INSERT INTO notification_prefs (account_id, type, email) SELECT id, 'Weekly-Digest', 'Enabled' FROM accounts`)
	for n := range 65 {
		s.foreign(`INSERT INTO notification_prefs (account_id, type, email) SELECT id, ?, 'Enabled' FROM accounts`, fmt.Sprintf("kind_%02d", n))
	}

	var shown *metav1.Condition
	s.eventually(soon, func() string {
		s.becomesReady(alice)
		shown = meta.FindStatusCondition(alice.Status.Conditions, v1alpha1.ConditionIncomplete)
		if shown == nil || len(alice.Status.Settings.Events) != 64 || len(alice.Status.Settings.Username) < 4000 {
			return fmt.Sprintf("%d events, %s", len(alice.Status.Settings.Events), describe(alice.Status.Conditions))
		}
		if !strings.Contains(shown.Message, "(2)") { // the last type is not read yet
			return "the condition says: " + shown.Message
		}
		return ""
	})
	for _, want := range []string{"settings.events[] (2)", "settings.username"} {
		if !strings.Contains(shown.Message, want) || strings.Contains(shown.Message, "Weekly") {
			t.Errorf("the condition says: %s", shown.Message)
		}
	}

	// when the other program takes them back, then nothing more is left out
	s.foreign(`DELETE FROM notification_prefs WHERE type = 'Weekly-Digest' OR type > 'kind_1'`)
	s.foreign(`UPDATE accounts SET username = 'alice'`)
	s.eventually(soon, func() string {
		s.becomesReady(alice)
		return strings.Join(conditionTypes(alice, v1alpha1.ConditionIncomplete), "")
	})
}

// Given a machine of an ID that no status admits, when the account is deleted, then it says that the machine is in the way.
func TestStatus_BlockerThatItCannotShow_SaysThatDeletionIsBlocked(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	alice := account2(s, "alice")
	s.foreign(`INSERT INTO machines (id, account_id) SELECT ?, id FROM accounts`, strings.Repeat("m", 200))

	s.delete(alice)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
	if len(alice.Status.DeletionBlockers) != 1 || !s.has(alice, v1alpha1.ConditionIncomplete) {
		t.Errorf("blockers %+v, conditions %s", alice.Status.DeletionBlockers, describe(alice.Status.Conditions))
	}
	s.foreign(`DELETE FROM machines`)
	s.isGone(alice)
}

func conditionTypes(o object.Object, of string) (found []string) {
	for _, c := range o.CommonStatus().Conditions {
		if c.Type == of {
			found = append(found, c.Type)
		}
	}
	return found
}
