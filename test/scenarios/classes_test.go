package scenarios

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestClasses_TwoInOneStore_LiveSideBySide(t *testing.T) {
	s := withAlice(t)
	gpu := s.startBeside(func(o *scenario) {
		o.class = "gpu"
		o.tune = underLease("account-operator-gpu")
	})
	bob, his := account("bob", "bob@example.com"), envVarSet("his", "bob", value("A", "1"))
	bob.Spec.ClassName, his.Spec.ClassName = "gpu", "gpu"
	hers := envVarSet("hers", "alice", value("A", "1"))
	s.create(bob, his, hers)
	gpu.becomesReady(bob, his)
	s.becomesReady(account2(s, "alice"), hers)

	// A child of another class than its account has that reported by the manager of its own class.
	stray := envVarSet("stray", "bob", value("B", "2"))
	conn := s3Connection("data", "alice", "s3")
	conn.Spec.ClassName = "gpu"
	s.create(stray, secret("s3", "access-key-id", "1", "secret-access-key", "2"), conn)
	s.becomes(stray, metav1.ConditionFalse, v1alpha1.ReasonClassMismatch)
	gpu.becomes(conn, metav1.ConditionFalse, v1alpha1.ReasonClassMismatch)

	// An action is its account's manager's to perform.
	x := action("reset", "bob", v1alpha1.ActionResendVerificationEmail)
	s.create(x)
	s.ends(x, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)

	// Neither is fenced by the other, and each finds what another client changed.
	for _, a := range []*v1alpha1.Account{account2(s, "alice"), bob} {
		change(s, a, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "Dark" })
		s.becomesReady(a)
	}
	s.foreign(`UPDATE accounts SET theme = 'Light'`)
	s.eventually(atOnce, func() string {
		if s.count(`SELECT count(*) FROM accounts WHERE theme = 'Dark'`) == 2 {
			return ""
		}
		return "the themes are not put back"
	})
	if len(s.names("bob@example.com")) != 1 {
		t.Error("a set of another class was applied")
	}
}
