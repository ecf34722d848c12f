package scenarios

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/status"
)

const insertOld = `INSERT INTO accounts (email, username, theme) VALUES ('old@example.com', 'chosen by its holder', 'Light')`

// adopting is an Account that may take over what has the address.
func adopting(name, address string, how v1alpha1.Adoption) *v1alpha1.Account {
	a := account(name, address)
	a.Spec.Adoption, a.Spec.DeletionPolicy = how, v1alpha1.DeletionDelete
	return a
}

func TestAdoption_NamespaceVouchedFor_TakesUnmanagedAccount(t *testing.T) {
	s := withAlice(t)
	s.foreign(insertOld)
	id := s.count(`SELECT id FROM accounts WHERE email = 'old@example.com'`)
	old := adopting("old", "Old@example.com", v1alpha1.AdoptIfUnclaimed)
	old.Spec.Preferences.Theme = "Dark"
	s.create(old)
	message := s.becomes(old, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNotAllowed)
	if !strings.Contains(message, "account-operator.io/allow-adoption=true") || !s.has(old, v1alpha1.ConditionStalled) {
		t.Errorf("what to do is not shown: %s", message)
	}
	if s.count(`SELECT count(*) FROM accounts WHERE email = 'old@example.com' AND uid IS NULL AND theme = 'Light'`) != 1 {
		t.Error("the account was touched")
	}

	s.vouch()

	s.becomesWithin(atOnce, old, metav1.ConditionTrue, v1alpha1.ReasonSynced)
	s.receivesEvent(old, "Adopted")
	if s.count(`SELECT count(*) FROM accounts WHERE id = ? AND theme = 'Dark' AND username = 'chosen by its holder' AND uid = ?`, id, string(old.UID)) != 1 {
		t.Error("it is not the same account with what its holder chose")
	}
}

func TestAdoption_TwoWouldAdoptOneAccount_OneDoes(t *testing.T) {
	s := withAlice(t)
	s.vouch()
	s.foreign(insertOld)
	first, second := adopting("first", "old@example.com", v1alpha1.AdoptIfUnclaimed), adopting("second", "old@example.com", v1alpha1.AdoptIfUnclaimed)
	s.create(first, second)

	s.eventually(soon, func() string {
		if reasons := readyReasons(s, first) + readyReasons(s, second); !strings.Contains("SyncedEmailInUse EmailInUseSynced", reasons) || reasons == "" {
			return reasons
		}
		return ""
	})
	if s.live("old@example.com") != 1 || s.count(`SELECT count(*) FROM accounts`) != 2 {
		t.Error("there are two accounts of the address")
	}
}

func readyReasons(s *scenario, a *v1alpha1.Account) string {
	s.must(s.api.Get(s.Context(), client.ObjectKeyFromObject(a), a))
	reason, _ := status.ReadyReason(a)
	return reason
}

func TestAdoption_NothingToAdopt_AccountIsMade(t *testing.T) {
	s := withAlice(t)
	unclaimed, restore := adopting("one", "one@example.com", v1alpha1.AdoptIfUnclaimed), adopting("two", "two@example.com", v1alpha1.AdoptRestore)
	s.create(unclaimed, restore)
	s.becomesReady(unclaimed, restore)
}

func TestAdoption_AccountHasAnotherOwner_IsRefused(t *testing.T) {
	s := withAlice(t)
	s.vouch()
	for _, how := range []v1alpha1.Adoption{v1alpha1.AdoptIfUnclaimed, v1alpha1.AdoptRestore} {
		mallory := adopting("mallory-"+strings.ToLower(string(how)), email, how)
		s.create(mallory)
		s.becomes(mallory, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)
		s.delete(mallory)
		s.isGone(mallory)
	}
	s.becomesReady(account2(s, "alice"))
	if s.live(email) != 1 {
		t.Error("the account of another object was touched")
	}
}

func TestRestore_DeletedAccountAppliedAgain_ComesBack(t *testing.T) {
	s := withAlice(t)
	alice, set := account2(s, "alice"), envVarSet("base", "alice", value("A", "1"))
	s.create(set)
	s.becomesReady(alice, set)
	id := alice.Status.AccountID
	s.foreign(`UPDATE accounts SET username = 'chosen by alice', password_hash = 'kept'`)
	s.delete(alice)
	s.isGone(alice)

	again := adopting("alice", email, v1alpha1.AdoptRestore)
	s.create(again)

	s.becomesReady(again, set)
	s.receivesEvent(again, "Adopted")
	if again.Status.AccountID != id || again.Status.Settings.Username != "chosen by alice" {
		t.Errorf("account %s came back as %s of %q", id, again.Status.AccountID, again.Status.Settings.Username)
	}
	s.eventuallyHas("A")
}

func TestRestore_UnderAnotherName_NeedsAnAdministrator(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.becomesReady(alice)
	id := alice.Status.AccountID
	s.delete(alice)
	s.isGone(alice)

	mallory := adopting("mallory", email, v1alpha1.AdoptRestore)
	s.create(mallory)
	s.becomes(mallory, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNotAllowed)
	if s.live(email) != 0 {
		t.Error("an account was made or brought back")
	}

	s.vouch()
	s.becomesWithin(atOnce, mallory, metav1.ConditionTrue, v1alpha1.ReasonSynced)
	if mallory.Status.AccountID != id {
		t.Error("it is another account")
	}
}
