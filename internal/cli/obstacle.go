package cli

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// unseen is what there is to say of an object that has no condition yet.
const unseen = "no manager has looked at it yet; look whether one runs, and serves this namespace and class"

// readiness is the condition Ready in words.
func readiness(conditions []metav1.Condition) string {
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return unseen
	}
	return ready.Reason + ": " + ready.Message
}

// obstacles are what is in the way of an object, in words. It is pure.
func obstacles(obj client.Object, conditions []metav1.Condition, observed int64) []string {
	var found []string
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	switch {
	case ready == nil:
		return append(found, unseen)
	case observed < obj.GetGeneration():
		found = append(found, fmt.Sprintf("the latest change is not looked at yet (generation %d, looked at %d)", obj.GetGeneration(), observed))
	}
	if !obj.GetDeletionTimestamp().IsZero() {
		found = append(found, "it is being deleted")
	}
	for _, c := range append([]metav1.Condition{*ready}, conditions...) {
		said := fmt.Sprintf("%s: %s", c.Reason, c.Message)
		if inTheWay(c) && !slices.Contains(found, said) { // several conditions may say one thing
			found = append(found, said)
		}
	}
	return found
}

// inTheWay reports whether a condition speaks of something that a user has to do, or that is awaited.
func inTheWay(c metav1.Condition) bool {
	switch c.Type {
	case v1alpha1.ConditionReady:
		return c.Status != metav1.ConditionTrue
	case v1alpha1.ConditionStalled, v1alpha1.ConditionSuspended, v1alpha1.ConditionDrifted, v1alpha1.ConditionDeletionBlocked,
		v1alpha1.ConditionAccessSuspended, v1alpha1.ConditionDeletionRequested:
		return c.Status == metav1.ConditionTrue
	case v1alpha1.ConditionEmailVerified, v1alpha1.ConditionVerified:
		return c.Status == metav1.ConditionFalse
	case v1alpha1.ConditionTwoFactorEnabled:
		return c.Reason == string(v1alpha1.ReasonEnrolmentRequired)
	default:
		return false
	}
}
