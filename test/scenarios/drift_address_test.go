package scenarios

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Given an account with a confirmed address and a password, when another program gives it another address and the operator puts back the
// one of the spec, then that does not count as proved: the proof went with the change, and for a while mails went elsewhere. It is
// confirmed by hand.
func TestDrift_OfAnAddress_IsPutBackAndUnconfirmed(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	alice := account2(s, "alice")
	s.foreign(`UPDATE accounts SET email_verified_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), password_hash = 'x'`)
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionTrue, v1alpha1.ReasonConfirmed)

	s.foreign(`UPDATE accounts SET email = 'eve@example.com'`)

	s.eventually(atOnce, func() string {
		if n := s.count(`SELECT count(*) FROM accounts WHERE email = ?`, email); n != 1 {
			return fmt.Sprintf("%d accounts have the address of the spec", n)
		}
		return ""
	})
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonAddressNotConfirmed)
	confirm := action("confirm", "alice", v1alpha1.ActionConfirmAddress)
	confirm.Spec.Email = email
	s.create(confirm)
	s.ends(confirm, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)
	s.hasConditionWithin(alice, v1alpha1.ConditionEmailVerified, metav1.ConditionTrue, v1alpha1.ReasonConfirmed)
}
