package scenarios

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// lived makes the account alice, has it deleted, and returns its ID.
func lived(s *scenario, used bool) string {
	s.Helper()
	alice := account("alice", email)
	s.create(alice)
	s.becomesReady(alice)
	if used {
		s.foreign(`UPDATE accounts SET password_hash = 'x' WHERE id = ?`, alice.Status.AccountID)
	}
	s.delete(alice)
	s.isGone(alice)
	return alice.Status.AccountID
}

func TestRestore_AccountDeletedAndMadeAgain_BringsBackTheOneInUse(t *testing.T) {
	// Given an account with a password that was deleted, and an empty one of its address and name that was deleted later.
	s := newScenario(t)
	first := lived(s, true)
	lived(s, false)

	// When it is restored, then it is the first.
	again := adopting("alice", email, v1alpha1.AdoptRestore)
	s.create(again)
	s.becomesReady(again)
	if again.Status.AccountID != first {
		t.Errorf("account %s came back, wanted %s", again.Status.AccountID, first)
	}
}

func TestRestore_AnotherTenantMadeAndDeletedTheAddress_BringsBackTheClaimsOwn(t *testing.T) {
	s := newScenario(t)
	own := lived(s, true)
	mallory := account("mallory", email)
	s.create(mallory)
	s.becomesReady(mallory)
	s.foreign(`UPDATE accounts SET password_hash = 'x'`)
	s.delete(mallory)
	s.isGone(mallory)
	s.vouch()

	again := adopting("alice", email, v1alpha1.AdoptRestore)
	s.create(again)
	s.becomesReady(again)
	if again.Status.AccountID != own {
		t.Errorf("account %s came back, wanted %s", again.Status.AccountID, own)
	}
}

func TestRestore_SeveralInUse_AsksAndTakesTheChosenOne(t *testing.T) {
	// Given two deleted accounts of the same object, both in use, when it is restored, then it asks.
	s := newScenario(t)
	first, second := lived(s, true), lived(s, true)
	again := adopting("alice", email, v1alpha1.AdoptRestore)
	s.create(again)
	s.becomes(again, metav1.ConditionFalse, v1alpha1.ReasonRestoreAmbiguous)
	var offered []string
	for _, c := range again.Status.RestoreCandidates {
		if offered = append(offered, c.AccountID); c.Use != v1alpha1.AccountUsed || c.DeletedTime.IsZero() {
			t.Errorf("got %+v", c)
		}
	}
	if diff := cmp.Diff([]string{second, first}, offered); diff != "" || s.live(email) != 0 {
		t.Errorf("an account was made or brought back, or not all are offered: %s", diff)
	}

	// When an ID is chosen that is none of them, then nothing is made either.
	change(s, again, func(a *v1alpha1.Account) { a.Spec.RestoreAccountID = "4711" })
	s.becomes(again, metav1.ConditionFalse, v1alpha1.ReasonRestoreNotFound)

	// When one of them is chosen, then that one comes back, and choosing no more changes nothing.
	change(s, again, func(a *v1alpha1.Account) { a.Spec.RestoreAccountID = first })
	s.becomesReady(again)
	if again.Status.AccountID != first || again.Status.RestoreCandidates != nil {
		t.Errorf("got %+v", again.Status)
	}
	writes := s.audited()
	change(s, again, func(a *v1alpha1.Account) { a.Spec.RestoreAccountID = "" })
	s.becomesReady(again)
	if again.Status.AccountID != first || s.audited() != writes {
		t.Error("the account was written, or is another one")
	}
}

// retained makes the account alice, and has it retained as its object is deleted.
func retained(s *scenario) string {
	s.Helper()
	alice := account("alice", email)
	alice.Spec.DeletionPolicy = v1alpha1.DeletionRetain
	s.create(alice)
	s.becomesReady(alice)
	s.delete(alice)
	s.isGone(alice)
	return alice.Status.AccountID
}

func TestRetain_SameObjectAppliedAgain_TakesItsAccountBack(t *testing.T) {
	// Given an account that was retained, when the same object is applied again, then it has its account, though no one vouches.
	s := newScenario(t)
	id := retained(s)
	again := account("alice", email)
	again.Spec.DeletionPolicy = v1alpha1.DeletionRetain
	s.create(again)
	s.becomesReady(again)
	if again.Status.AccountID != id || s.count(`SELECT count(*) FROM accounts`) != 1 {
		t.Errorf("account %s is another one than %s", again.Status.AccountID, id)
	}
	s.receivesEvent(again, "Adopted")
}

func TestRetain_AnotherObject_DoesNotTakeTheAccount(t *testing.T) {
	s := newScenario(t)
	retained(s)
	for name, prepare := range map[string]func(){
		"mallory": func() {},
		"alice":   func() { s.foreign(`UPDATE accounts SET retained_namespace_uid = 'of-the-namespace-before'`) },
	} {
		prepare()
		other := account(name, email)
		s.create(other)
		s.becomes(other, metav1.ConditionFalse, v1alpha1.ReasonAccountExists)
		s.delete(other)
		s.isGone(other)
	}
}

func TestRetain_HolderChangedTheAddress_IsNotTakenBack(t *testing.T) {
	s := newScenario(t)
	id := retained(s)
	s.foreign(`UPDATE accounts SET email = 'new@example.com'`)

	moved := account("alice", "new@example.com")
	s.create(moved)
	s.becomes(moved, metav1.ConditionFalse, v1alpha1.ReasonAccountExists)
	change(s, moved, func(a *v1alpha1.Account) { a.Spec.Email = email })
	s.becomesReady(moved)
	if moved.Status.AccountID == id {
		t.Error("the holder's account was taken, and its address changed")
	}
}
