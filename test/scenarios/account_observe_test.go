package scenarios

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
)

// observed is an Account that only reads what the store has.
func observed(name, address string) *v1alpha1.Account {
	a := account(name, address)
	a.Spec.ManagementPolicy = v1alpha1.PolicyObserve
	a.Spec.Preferences.Theme = "Dark" // which must come to nothing
	return a
}

// audited counts what was written to the store.
func (s *scenario) audited() int { return s.count(`SELECT count(*) FROM audit`) }

func TestObserve_AccountIsThere_IsShownAndNotWritten(t *testing.T) {
	s := withAlice(t)
	s.foreign(insertOld)
	old := observed("old", "old@example.com")
	s.create(old)
	s.becomes(old, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNotAllowed)
	if old.Status.AccountID != "" || old.Status.Settings != nil {
		t.Error("status shows an account that the namespace may not see")
	}
	before := s.audited()

	s.vouch()
	s.becomesWithin(atOnce, old, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	if old.Status.AccountID == "" || old.Status.Settings.Theme != "Light" || old.Status.Settings.Username != "chosen by its holder" {
		t.Errorf("status does not show the account: %+v", old.Status)
	}

	// What belongs to it is not written, and says why.
	set, conn := envVarSet("base", "old", value("A", "1")), s3Connection("data", "old", "s3")
	x := action("reset", "old", v1alpha1.ActionResendVerificationEmail)
	s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn, x)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonAccountNotManaged)
	s.becomes(conn, metav1.ConditionFalse, v1alpha1.ReasonAccountNotManaged)
	s.waitsFor(x, v1alpha1.ReasonAccountNotManaged)

	// A user requests a reconcile; then the object goes.
	s.foreign(`UPDATE accounts SET theme = 'System' WHERE email = 'old@example.com'`)
	change(s, old, func(a *v1alpha1.Account) { a.Annotations = map[string]string{v1alpha1.RequestedAtAnnotation: "1"} })
	s.eventually(soon, func() string {
		s.becomes(old, metav1.ConditionTrue, v1alpha1.ReasonObserved)
		return cmp.Diff(v1alpha1.Theme("System"), old.Status.Settings.Theme)
	})
	s.delete(old)
	s.isGone(old)

	if n := s.audited() - before; n != 0 {
		t.Errorf("%d writes to the store", n)
	}
	if s.count(`SELECT count(*) FROM accounts WHERE email = 'old@example.com' AND uid IS NULL AND deleted_at IS NULL`) != 1 {
		t.Error("the account is not as it was")
	}
}

func TestObserve_AccountIsMissing_IsReported(t *testing.T) {
	s := withAlice(t)
	s.vouch()
	nobody := observed("nobody", "nobody@example.com")
	s.create(nobody)
	s.becomes(nobody, metav1.ConditionFalse, v1alpha1.ReasonNothingToObserve)

	mallory := observed("mallory", email)
	s.create(mallory)
	message := s.becomes(mallory, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)
	if !strings.Contains(message, `"alice"`) || mallory.Status.AccountID != "" {
		t.Errorf("who manages the account is not shown, or the account is: %s", message)
	}
}

func TestObserve_SwitchedOnAndOff_IsObeyed(t *testing.T) {
	s := withAlice(t)
	alice, set := account2(s, "alice"), envVarSet("base", "alice", value("A", "1"))
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "Dark" })
	s.create(set)
	s.becomesReady(alice, set)
	s.watch()

	// Its own account takes no label. The holder changes what the spec sets, and that stays.
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.ManagementPolicy = v1alpha1.PolicyObserve })
	s.becomes(alice, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	s.becomesWithin(atOnce, set, metav1.ConditionFalse, v1alpha1.ReasonAccountNotManaged)
	s.foreign(`UPDATE accounts SET theme = 'Light'`)
	s.eventually(atOnce, func() string {
		s.becomes(alice, metav1.ConditionTrue, v1alpha1.ReasonObserved)
		return cmp.Diff(v1alpha1.Theme("Light"), alice.Status.Settings.Theme)
	})
	if n := s.requests(writesTo, cluster.ByResource("accounts"))["patch accounts"]; n != 0 {
		t.Errorf("%d writes of the object beside its status", n)
	}

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.ManagementPolicy = v1alpha1.PolicyManage })
	s.becomesReady(alice, set)
	if s.count(`SELECT count(*) FROM accounts WHERE theme = 'Dark'`) != 1 {
		t.Error("what the spec sets was not put back")
	}

	// Observed again and deleted, it stays with all that it has.
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.ManagementPolicy = v1alpha1.PolicyObserve })
	s.becomes(alice, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	s.delete(alice)
	s.isGone(alice)
	if s.live(email) != 1 || len(s.names(email)) != 1 {
		t.Error("the account did not outlive its object")
	}
}
