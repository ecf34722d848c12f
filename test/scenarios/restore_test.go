package scenarios

import (
	"context"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// restored makes objects again as a backup tool does: same name, another UID, no status, and no deletion that the operator
// saw.
func (s *scenario) restored(objects ...client.Object) {
	s.Helper()
	for _, o := range objects {
		change(s, o, func(o client.Object) { o.SetFinalizers(nil) })
		if o.GetDeletionTimestamp().IsZero() {
			s.delete(o)
		}
		s.isGone(o)
		o.SetResourceVersion("")
		o.SetUID("")
		o.SetFinalizers(nil)
		o.SetDeletionTimestamp(nil)
		s.create(o)
	}
}

func TestRestore_OfTheCluster_FindsItsRowsAgain(t *testing.T) {
	s := withAlice(t)
	alice, set := account2(s, "alice"), envVarSet("base", "alice", value("A", "1"))
	conn, key := s3Connection("data", "alice", "s3"), sshKey("laptop", "alice")
	s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn, key)
	s.becomesReady(alice, set, conn, key)
	accountID, connectionID, keyID := alice.Status.AccountID, conn.Status.ConnectionID, key.Status.KeyID

	s.stop()
	alice.Status, set.Status, conn.Status = v1alpha1.AccountStatus{}, v1alpha1.EnvVarSetStatus{}, v1alpha1.CloudConnectionStatus{}
	key.Status = v1alpha1.SSHKeyStatus{}
	s.restored(alice, set, conn, key)
	s.startManager()

	s.becomesReady(alice, set, conn, key)
	if alice.Status.AccountID != accountID || conn.Status.ConnectionID != connectionID || key.Status.KeyID != keyID {
		t.Errorf("account %s became %s, connection %s became %s, key %s became %s",
			accountID, alice.Status.AccountID, connectionID, conn.Status.ConnectionID, keyID, key.Status.KeyID)
	}
	for table, want := range map[string]int{"accounts": 1, "env_vars": 1, "connections": 1, "ssh_keys": 1} {
		if n := s.count(`SELECT count(*) FROM ` + table); n != want {
			t.Errorf("%d rows of %s", n, table)
		}
	}

	s.delete(alice)
	s.isGone(alice)
	if s.count(`SELECT count(*) FROM accounts WHERE deleted_at IS NULL`) != 0 {
		t.Error("the account that was bound again was not deleted with its object")
	}
}

func TestNamesake_WithAnotherAddress_IsNotBoundAgain(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.becomesReady(alice)

	s.stop()
	alice.Status = v1alpha1.AccountStatus{}
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Email = "mallory@example.com" })
	s.restored(alice)
	s.startManager()

	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonAccountExists)
	if s.count(`SELECT count(*) FROM accounts WHERE email = '`+email+`'`) != 1 || s.count(`SELECT count(*) FROM accounts`) != 1 {
		t.Error("the account was touched, or another one made")
	}

	// Its deletion never hits the row of the object that was there before.
	s.delete(alice)
	s.isGone(alice)
	if s.count(`SELECT count(*) FROM accounts WHERE deleted_at IS NULL`) != 1 {
		t.Error("the deletion of the namesake took the account")
	}
}

func TestNamesake_InARecycledNamespace_InheritsNothing(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.becomesReady(alice)
	s.stop()
	s.foreign(`UPDATE accounts SET namespace_uid = 'of-the-namespace-before'`)
	alice.Status = v1alpha1.AccountStatus{}
	s.restored(alice)
	s.startManager()

	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonAccountExists)

	// An administrator who knows that it is the same tenant's says so on the namespace.
	s.must(s.api.Patch(context.Background(), s.namespaceObject(),
		client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"labels":{"account-operator.io/allow-adoption":"true"}}}`))))
	s.becomesWithin(atOnce, alice, metav1.ConditionTrue, v1alpha1.ReasonSynced)
}
