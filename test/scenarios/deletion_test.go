package scenarios

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const addInstance = `INSERT INTO instances (id, account_id) SELECT 'i-101', id FROM accounts WHERE email = 'alice@example.com'`

func TestDeletion_InstanceRuns_IsBlockedUntilItIsGone(t *testing.T) {
	s := newScenario(t)
	alice, set := account("alice", "alice@example.com"), envVarSet("base", "alice", value("A", "1"))
	s.create(alice, set)
	s.becomesReady(alice, set)
	s.foreign(addInstance)

	s.delete(alice)
	message := s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
	if !strings.Contains(message, "1 instance (i-101)") || !strings.Contains(message, "Retain") {
		t.Errorf("the message shows neither what is in the way nor the way out: %s", message)
	}
	if b := alice.Status.DeletionBlockers; len(b) != 1 || b[0].Kind != "Instance" || b[0].Count != 1 || b[0].IDs[0] != "i-101" {
		t.Errorf("deletionBlockers are %+v", b)
	}
	if !s.has(alice, v1alpha1.ConditionDeletionBlocked) {
		t.Error("no condition DeletionBlocked")
	}

	// What runs still needs its variables.
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = append(e.Spec.Env, value("B", "2")) })
	s.becomesReady(set)

	s.foreign(`DELETE FROM instances`)
	s.isGoneWithin(atOnce, alice)
	if n := len(s.names("alice@example.com")); n != 0 {
		t.Errorf("%d variables outlived their account", n)
	}
}

func TestRetain_AccountDeleted_LeavesTheRow(t *testing.T) {
	s := newScenario(t)
	alice := account("alice", "alice@example.com")
	alice.Spec.DeletionPolicy = v1alpha1.DeletionRetain
	s.create(alice)
	s.becomesReady(alice)
	s.foreign(addInstance)

	s.delete(alice)
	s.isGone(alice)

	if s.count(`SELECT count(*) FROM accounts WHERE email = 'alice@example.com' AND deleted_at IS NULL AND uid IS NULL`) != 1 {
		t.Error("the account is not there, unclaimed")
	}
}

func TestNamesake_AfterTheDeletion_IsAnotherAccount(t *testing.T) {
	s := newScenario(t)
	first := account("alice", "alice@example.com")
	s.create(first)
	s.becomesReady(first)
	s.delete(first)
	s.isGone(first)

	second := account("alice", "alice@example.com")
	s.create(second)
	s.becomesReady(second)

	if first.Status.AccountID == second.Status.AccountID {
		t.Error("the deleted account came back without being asked for")
	}
}

func TestChildren_AccountIsGone_SaySoAndCanBeDeleted(t *testing.T) {
	s := newScenario(t)
	alice, set := account("alice", "alice@example.com"), envVarSet("base", "alice", value("A", "1"))
	conn := s3Connection("data", "alice", "s3")
	s.create(alice, secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn)
	s.becomesReady(alice, set, conn)

	s.delete(alice)
	s.isGone(alice)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	s.becomes(conn, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)

	s.create(account("alice", "alice@example.com"))
	s.becomesReady(set, conn)
	if got := s.names("alice@example.com"); len(got) != 1 {
		t.Errorf("the new account has the variables %v", got)
	}

	s.delete(account2(s, "alice"))
	s.isGone(account2(s, "alice"))
	s.delete(set)
	s.delete(conn)
	s.isGone(set)
	s.isGone(conn)
}

func TestNamespace_Deleted_GoesWithItsObjects(t *testing.T) {
	s := newScenario(t)
	alice, set := account("alice", "alice@example.com"), envVarSet("base", "alice", fromSecret("A", "src", "a"))
	conn := s3Connection("data", "alice", "s3")
	s.create(alice, secret("src", "a", "1"), secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn)
	s.becomesReady(alice, set, conn)

	s.must(s.api.Delete(context.Background(), &corev1.Namespace{ObjectMeta: named(s.ns)}))

	s.eventually(2*soon, func() string {
		err := s.api.Get(context.Background(), client.ObjectKey{Name: s.ns}, &corev1.Namespace{})
		if client.IgnoreNotFound(err) == nil && err != nil {
			return ""
		}
		return "the namespace is still there"
	})
	if s.count(`SELECT (SELECT count(*) FROM accounts WHERE deleted_at IS NULL) + (SELECT count(*) FROM env_vars) + (SELECT count(*) FROM connections)`) != 0 {
		t.Error("something outlived the namespace in the store")
	}
}
