package status

import (
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/legible"
)

// Conclude writes a verdict into the object's conditions. Types that are not ours are kept.
func Conclude(obj object.Object, v outcome.Verdict) {
	status := obj.CommonStatus()
	status.ObservedGeneration = obj.GetGeneration()
	if r := object.RequestedAt(obj); r != "" {
		status.LastHandledRequest = r
	}
	c := ConditionsOf(obj)
	c.Set(v1alpha1.ConditionReady, ConditionStatus(v.Ready), v)
	c.SetWhile(v1alpha1.ConditionStalled, v.Stalled, v)
	c.SetWhile(v1alpha1.ConditionDrifted, len(status.Drifted) > 0, DriftVerdict(status.Drifted))
	c.SetWhile(v1alpha1.ConditionDeletionBlocked, v.BlocksDeletion(), v)
	meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionSuspended)
	if v.Ready { // what the store has was reported again; fit says whether that is all of it
		meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionIncomplete)
	}
}

// AsItStands says what the store holds of an object that is ready: not all that its spec says where the spec itself says so.
func AsItStands(obj object.Object) string {
	set, isSet := obj.(*v1alpha1.EnvVarSet)
	switch {
	case isSet && set.Spec.UpdatePolicy == v1alpha1.UpdateIfNotExists:
		return "each variable that the account lacked was written once; those that it has are its holder's and stay as they are, whatever the spec says"
	case len(obj.CommonStatus().Drifted) > 0:
		return outcome.StoreHolds + ", but for what others changed and status.drifted names"
	default:
		return outcome.StoreHolds
	}
}

// ConcludeSuspended leaves Ready as it was: a suspended object says nothing new about the store.
func ConcludeSuspended(obj object.Object) {
	v := outcome.Verdict{Reason: v1alpha1.ReasonSuspended, Message: "spec.suspend is true; set it to false to go on"}
	status := obj.CommonStatus()
	status.ObservedGeneration = obj.GetGeneration()
	c := ConditionsOf(obj)
	c.Set(v1alpha1.ConditionSuspended, metav1.ConditionTrue, v)
	meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionStalled)
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		c.Set(v1alpha1.ConditionReady, metav1.ConditionUnknown, v)
		return
	}
	ready.ObservedGeneration = obj.GetGeneration()
}

// ConcludeReleased says of an object that another finalizer keeps that the operator has done with it, and how.
func ConcludeReleased(obj object.Object, how string) {
	clearReport(obj)
	Conclude(obj, outcome.Verdict{Reason: v1alpha1.ReasonReleased, Message: how + "; the object itself is kept by " + legible.List(OtherFinalizers(obj))})
}

// ConcludeLeft says of an object that is being deleted without our finalizer, as where a person took that away, that nothing is done
// for it any more.
func ConcludeLeft(obj object.Object) {
	if reason, _ := ReadyReason(obj); reason != string(v1alpha1.ReasonReleased) && len(OtherFinalizers(obj)) > 0 {
		ConcludeReleased(obj, "it is being deleted without the finalizer of the operator, which removes nothing from the store for it")
	}
}

// OtherFinalizers are those of an object that are not ours.
func OtherFinalizers(obj object.Object) []string {
	return slices.DeleteFunc(slices.Clone(obj.GetFinalizers()), func(f string) bool { return f == v1alpha1.Finalizer })
}

// clearReport takes out of status what the store had of an object.
func clearReport(obj object.Object) {
	common := *obj.CommonStatus()
	_, all := In(obj)
	reflect.ValueOf(all).Elem().SetZero()
	*obj.CommonStatus() = common
	status := obj.CommonStatus()
	status.Drifted = nil
	status.Conditions = slices.DeleteFunc(status.Conditions, func(c metav1.Condition) bool {
		return IsOwn(c) && c.Type != v1alpha1.ConditionReady
	})
}

// Conditions are those of one object, which speak of its present generation.
type Conditions struct {
	list       *[]metav1.Condition
	generation int64
}

// NewConditions are those in a list, to be set for a generation.
func NewConditions(list *[]metav1.Condition, generation int64) Conditions {
	return Conditions{list, generation}
}

// ConditionsOf are those of an object.
func ConditionsOf(obj object.Object) Conditions {
	return Conditions{&obj.CommonStatus().Conditions, obj.GetGeneration()}
}

// Set sets a condition to what a verdict says.
func (c Conditions) Set(condition string, status metav1.ConditionStatus, v outcome.Verdict) {
	meta.SetStatusCondition(c.list, metav1.Condition{
		Type: condition, Status: status, ObservedGeneration: c.generation,
		Reason: string(v.Reason), Message: legible.Bounded(v.Message),
	})
}

// SetWhile sets a condition to true while it holds, and removes it else.
func (c Conditions) SetWhile(condition string, holds bool, v outcome.Verdict) {
	if holds {
		c.Set(condition, metav1.ConditionTrue, v)
		return
	}
	meta.RemoveStatusCondition(c.list, condition)
}

// ConditionStatus is True or False.
func ConditionStatus(b bool) metav1.ConditionStatus {
	if b {
		return metav1.ConditionTrue
	}
	return metav1.ConditionFalse
}

// DriftVerdict is what the condition Drifted says of these leaves.
func DriftVerdict(names []string) outcome.Verdict {
	return outcome.Verdict{Reason: v1alpha1.ReasonDrifted, Message: "changed in the store by somebody else and left so: " + legible.List(names) +
		"; set spec.driftPolicy to Correct to put it back, or write here what is there"}
}

// ReadyReason is the reason of Ready, and whether Ready is true for the present generation.
func ReadyReason(obj object.Object) (reason string, current bool) {
	ready := meta.FindStatusCondition(obj.CommonStatus().Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return "", false
	}
	return ready.Reason, ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == obj.GetGeneration()
}
