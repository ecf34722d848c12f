package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestObstacles_Conditions_AreWhatIsInTheWay(t *testing.T) {
	condition := func(kind string, status metav1.ConditionStatus, reason v1alpha1.Reason) metav1.Condition {
		return metav1.Condition{Type: kind, Status: status, Reason: string(reason), Message: "because"}
	}
	fine := condition(v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonSynced)
	for name, c := range map[string]struct {
		conditions []metav1.Condition
		generation int64
		want       []string
	}{
		"nobody looked":     {nil, 1, []string{unseen}},
		"all is well":       {[]metav1.Condition{fine}, 1, nil},
		"a change is ahead": {[]metav1.Condition{fine}, 2, []string{"the latest change is not looked at yet (generation 2, looked at 1)"}},
		"one cause in several conditions is told once": {[]metav1.Condition{
			condition(v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked),
			condition(v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonDeletionBlocked),
			condition(v1alpha1.ConditionDeletionBlocked, metav1.ConditionTrue, v1alpha1.ReasonDeletionBlocked),
		}, 1, []string{"DeletionBlocked: because"}},
		"suspended": {[]metav1.Condition{fine, condition(v1alpha1.ConditionSuspended, metav1.ConditionTrue, v1alpha1.ReasonSuspended)}, 1,
			[]string{"Suspended: because"}},
		"access suspended": {[]metav1.Condition{fine, condition(v1alpha1.ConditionAccessSuspended, metav1.ConditionTrue, v1alpha1.ReasonAccessSuspended)}, 1,
			[]string{"AccessSuspended: because"}},
		"a deletion asked for": {[]metav1.Condition{fine, condition(v1alpha1.ConditionDeletionRequested, metav1.ConditionTrue, v1alpha1.ReasonHolderAsked)}, 1,
			[]string{"HolderAsked: because"}},
		"drifted": {[]metav1.Condition{fine, condition(v1alpha1.ConditionDrifted, metav1.ConditionTrue, v1alpha1.ReasonDrifted)}, 1,
			[]string{"Drifted: because"}},
		"an address not confirmed": {[]metav1.Condition{fine, condition(v1alpha1.ConditionEmailVerified, metav1.ConditionFalse, v1alpha1.ReasonAwaitingConfirmation)}, 1,
			[]string{"AwaitingConfirmation: because"}},
		"a second factor that is not required": {[]metav1.Condition{fine, condition(v1alpha1.ConditionTwoFactorEnabled, metav1.ConditionFalse, v1alpha1.ReasonNotEnrolled)}, 1, nil},
		"a second factor that is": {[]metav1.Condition{fine, condition(v1alpha1.ConditionTwoFactorEnabled, metav1.ConditionFalse, v1alpha1.ReasonEnrolmentRequired)}, 1,
			[]string{"EnrolmentRequired: because"}},
		"credentials refused": {[]metav1.Condition{fine, condition(v1alpha1.ConditionVerified, metav1.ConditionFalse, v1alpha1.ReasonCredentialsRejected)}, 1,
			[]string{"CredentialsRejected: because"}},
		"a provider about to be asked": {[]metav1.Condition{fine, condition(v1alpha1.ConditionVerified, metav1.ConditionUnknown, v1alpha1.ReasonVerifying)}, 1, nil},
		"a failed action": {[]metav1.Condition{
			condition(v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonRateLimited),
			condition(v1alpha1.ConditionFailed, metav1.ConditionTrue, v1alpha1.ReasonRateLimited),
		}, 1, []string{"RateLimited: because"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Generation: c.generation}}
			if diff := cmp.Diff(c.want, obstacles(a, c.conditions, 1)); diff != "" {
				t.Errorf("obstacles (-want +got):\n%s", diff)
			}
		})
	}
}
