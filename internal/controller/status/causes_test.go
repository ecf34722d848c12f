package status

import (
	"testing"

	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/test/causes"
)

// said is what a condition of an object says.
func said(obj object.Object, condition string) outcome.Verdict {
	c := meta.FindStatusCondition(obj.CommonStatus().Conditions, condition)
	if c == nil {
		return outcome.Verdict{}
	}
	return outcome.Verdict{Reason: v1alpha1.Reason(c.Reason), Message: c.Message}
}

// saysAfter is what a condition of an Account says after something was done to it.
func saysAfter(condition string, do func(*v1alpha1.Account)) outcome.Verdict {
	a := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Name: "alice", Finalizers: []string{v1alpha1.Finalizer, "example.com/other"}}}
	do(a)
	return said(a, condition)
}

func leaving(a *v1alpha1.Account) { a.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} }

// left is what Ready says of an object that another finalizer keeps.
func left(do func(*v1alpha1.Account)) outcome.Verdict {
	return saysAfter(v1alpha1.ConditionReady, func(a *v1alpha1.Account) {
		do(a)
		ConcludeReleased(a, events.Gone(a).Message)
	})
}

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	causes.Check(t, []causes.Cause{
		causes.Of("the store has all of it, with drift that is only reported", outcome.Verdict{Reason: v1alpha1.ReasonSynced, Message: AsItStands(&v1alpha1.Account{
			Status: v1alpha1.AccountStatus{CommonStatus: v1alpha1.CommonStatus{Drifted: []string{"theme"}}},
		})}, v1alpha1.ReasonSynced, `the store holds what the spec says, but for what others changed and status.drifted names`),
		causes.Of("a set that writes only what is missing", outcome.Verdict{Reason: v1alpha1.ReasonSynced, Message: AsItStands(&v1alpha1.EnvVarSet{
			Spec: v1alpha1.EnvVarSetSpec{UpdatePolicy: v1alpha1.UpdateIfNotExists},
		})}, v1alpha1.ReasonSynced, `each variable that the account lacked was written once; those that it has are its holder's and stay as they are, whatever the spec says`),
		causes.Of("an object that is suspended", saysAfter(v1alpha1.ConditionSuspended, func(a *v1alpha1.Account) { ConcludeSuspended(a) }), v1alpha1.ReasonSuspended, `spec.suspend is true; set it to false to go on`),
		causes.Of("drift that is only reported", DriftVerdict([]string{"theme", "username"}), v1alpha1.ReasonDrifted, `changed in the store by somebody else and left so: theme, username; set spec.driftPolicy to Correct to put it back, or write here what is there`),
		causes.Of("what no status may have", saysAfter(v1alpha1.ConditionIncomplete, func(a *v1alpha1.Account) {
			a.Status.Settings = &v1alpha1.AccountSettings{Events: []v1alpha1.EventNotification{{Type: "Weekly-Digest"}}}
			Fit(a.DeepCopy(), a)
		}), v1alpha1.ReasonNotAdmitted, `the store has what no status may have, so that this is left out or cut: settings.events[], settings.events[].type`),
		causes.Of("deleted, and kept by another finalizer", left(func(*v1alpha1.Account) {}), v1alpha1.ReasonReleased, `removed from the store; the object itself is kept by example.com/other`),
		causes.Of("retained, and kept by another finalizer", left(func(a *v1alpha1.Account) { a.Spec.DeletionPolicy = v1alpha1.DeletionRetain }), v1alpha1.ReasonReleased, `left in the store and no longer managed; the object itself is kept by example.com/other`),
		causes.Of("forgotten, and kept by another finalizer", left(func(a *v1alpha1.Account) {
			leaving(a)
			a.Annotations = map[string]string{v1alpha1.ForgetAnnotation: v1alpha1.ForgetValue(a)}
		}), v1alpha1.ReasonReleased, `let go by the annotation account-operator.io/forget; the store was not touched and may still hold what this object stood for; the object itself is kept by example.com/other`),
		causes.Of("our finalizer was taken away", saysAfter(v1alpha1.ConditionReady, func(a *v1alpha1.Account) {
			a.Finalizers = a.Finalizers[1:]
			ConcludeLeft(a)
		}), v1alpha1.ReasonReleased, `it is being deleted without the finalizer of the operator, which removes nothing from the store for it; the object itself is kept by example.com/other`),
	})
}
