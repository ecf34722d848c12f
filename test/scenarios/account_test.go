package scenarios

import (
	"context"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestAccount_Created_IsMadeAndReported(t *testing.T) {
	s := newScenario(t)

	alice := account("alice", "alice@example.com")
	alice.Spec.Preferences.Theme = "Dark"
	s.create(alice)
	s.becomesReady(alice)

	if alice.Status.AccountID == "" || alice.Status.Email != "alice@example.com" {
		t.Errorf("status shows neither account nor address: %+v", alice.Status)
	}
	if s.count(`SELECT count(*) FROM accounts WHERE email = 'alice@example.com' AND theme = 'Dark'`) != 1 {
		t.Error("the store does not hold the account as it was asked for")
	}
}

func TestLeaf_LeftOut_StaysTheHolders(t *testing.T) {
	s := newScenario(t)
	alice := account("alice", "alice@example.com")
	s.create(alice)
	s.becomesReady(alice)

	s.foreign(`UPDATE accounts SET username = 'chosen-by-alice' WHERE email = 'alice@example.com'`)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "Light" })
	s.becomesReady(alice)

	if s.count(`SELECT count(*) FROM accounts WHERE username = 'chosen-by-alice' AND theme = 'Light'`) != 1 {
		t.Error("what the holder chose was not kept")
	}
}

func TestLeaf_Set_IsPutBackAtOnce(t *testing.T) {
	s := newScenario(t)
	alice := account("alice", "alice@example.com")
	alice.Spec.Preferences.Theme = "Dark"
	s.create(alice)
	s.becomesReady(alice)

	s.foreign(`UPDATE accounts SET theme = 'Light' WHERE email = 'alice@example.com'`)

	s.eventually(atOnce, func() string {
		if s.count(`SELECT count(*) FROM accounts WHERE theme = 'Dark'`) == 1 {
			return ""
		}
		return "the theme that another program wrote is still there"
	})
}

func TestAddress_Changed_StaysTheSameAccount(t *testing.T) {
	s := newScenario(t)
	alice := account("alice", "alice@example.com")
	s.create(alice)
	s.becomesReady(alice)
	id := alice.Status.AccountID

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Email = "alice@new.example.com" })
	s.becomesReady(alice)

	if alice.Status.AccountID != id || alice.Status.Email != "alice@new.example.com" {
		t.Errorf("it is not the same account with the new address: %+v", alice.Status)
	}
}

func TestAddress_HeldByAnother_GoesOnWhenFree(t *testing.T) {
	s := newScenario(t)
	first, second := account("first", "team@example.com"), account("second", "Team@Example.com")
	s.create(first)
	s.becomesReady(first)

	s.create(second)
	message := s.becomes(second, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)
	if !strings.Contains(message, `"first"`) {
		t.Errorf("the message does not name who holds the address: %s", message)
	}
	if !s.has(second, v1alpha1.ConditionStalled) {
		t.Error("not Stalled, though a user has to act")
	}

	change(s, first, func(a *v1alpha1.Account) { a.Spec.Email = "first@example.com" })
	s.becomesWithin(atOnce, second, metav1.ConditionTrue, v1alpha1.ReasonSynced)
	if s.has(second, v1alpha1.ConditionStalled) {
		t.Error("still Stalled")
	}
}

func TestAddress_HolderLetTheAccountGo_WaiterIsInformed(t *testing.T) {
	s := newScenario(t)
	first, second := account("first", "team@example.com"), account("second", "team@example.com")
	first.Spec.DeletionPolicy = v1alpha1.DeletionRetain
	s.create(first)
	s.becomesReady(first)
	s.create(second)
	s.becomes(second, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)

	s.delete(first)
	s.isGone(first)

	s.becomesWithin(atOnce, second, metav1.ConditionFalse, v1alpha1.ReasonAccountExists)
}

func TestAccount_UnmanagedRowHasItsAddress_IsNotTakenOver(t *testing.T) {
	s := newScenario(t)
	s.create(account("first", "first@example.com"))
	s.becomesReady(account2(s, "first"))
	s.foreign(`INSERT INTO accounts (email) VALUES ('old@example.com')`)

	alice := account("alice", "old@example.com")
	s.create(alice)

	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonAccountExists)
	if s.count(`SELECT count(*) FROM accounts WHERE email = 'old@example.com' AND uid IS NULL`) != 1 {
		t.Error("the account was touched")
	}
}

func TestSuspend_AnyChange_OnlyDeletionGoesOn(t *testing.T) {
	s := newScenario(t)
	alice := account("alice", "alice@example.com")
	s.create(alice)
	s.becomesReady(alice)

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Suspend = true; a.Spec.Email = "other@example.com" })
	s.eventually(soon, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(alice), alice))
		if s.has(alice, v1alpha1.ConditionSuspended) && s.has(alice, v1alpha1.ConditionReady) {
			return ""
		}
		return "not Suspended with Ready as it was"
	})
	if s.count(`SELECT count(*) FROM accounts WHERE email = 'alice@example.com'`) != 1 {
		t.Error("the store was written while suspended")
	}

	s.delete(alice)
	s.isGone(alice)
	if s.count(`SELECT count(*) FROM accounts WHERE deleted_at IS NULL`) != 0 {
		t.Error("the account is still in the store")
	}
}

func TestClasses_OfAnotherManager_IsLeftAlone(t *testing.T) {
	s := newScenario(t)
	other := account("other", "other@example.com")
	other.Spec.ClassName = "gpu"
	mine := account("mine", "mine@example.com")
	s.create(other, mine)
	s.becomesReady(mine)

	s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(other), other))
	if len(other.Finalizers) != 0 || len(other.Status.Conditions) != 0 {
		t.Error("an object of another class was touched")
	}
}

// account2 names an Account that exists already.
func account2(s *scenario, name string) *v1alpha1.Account {
	return &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: s.ns, Name: name}}
}
