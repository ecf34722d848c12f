package controller

import (
	"slices"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/legible"
)

const maxMessage = 1024

// conclude writes a verdict into the object's conditions. Types that are not ours are kept.
func conclude(obj object, v verdict) {
	status := obj.CommonStatus()
	status.ObservedGeneration = obj.GetGeneration()
	if r := request(obj); r != "" {
		status.LastHandledRequest = r
	}
	c := conditionsOf(obj)
	c.set(v1alpha1.ConditionReady, boolStatus(v.ready), v)
	c.setWhile(v1alpha1.ConditionStalled, v.stalled, v)
	c.setWhile(v1alpha1.ConditionDrifted, len(status.Drifted) > 0, driftVerdict(status.Drifted))
	c.setWhile(v1alpha1.ConditionDeletionBlocked, v.blocksDeletion(), v)
	meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionSuspended)
	if v.ready { // what the store has was reported anew; fit says whether that is all of it
		meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionIncomplete)
	}
}

// concludeSuspended leaves Ready as it was: a suspended object says nothing new about the store.
func concludeSuspended(obj object) {
	v := verdict{reason: v1alpha1.ReasonSuspended, message: "spec.suspend is true; set it to false to go on"}
	status := obj.CommonStatus()
	status.ObservedGeneration = obj.GetGeneration()
	c := conditionsOf(obj)
	c.set(v1alpha1.ConditionSuspended, metav1.ConditionTrue, v)
	meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionStalled)
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		c.set(v1alpha1.ConditionReady, metav1.ConditionUnknown, v)
		return
	}
	ready.ObservedGeneration = obj.GetGeneration()
}

// concludeReleased says of an object that another finalizer keeps that the operator has done with it, and how.
func concludeReleased(obj object, how string) {
	clearReport(obj)
	conclude(obj, verdict{reason: v1alpha1.ReasonReleased, message: how + "; the object itself is kept by " + some(otherFinalizers(obj))})
}

// concludeLeft says of an object that is being deleted without our finalizer, as where a person took that away, that nothing is done
// for it any more.
func concludeLeft(obj object) {
	if reason, _ := readyReason(obj); reason != string(v1alpha1.ReasonReleased) && len(otherFinalizers(obj)) > 0 {
		concludeReleased(obj, "it is being deleted without the finalizer of the operator, which removes nothing from the store for it")
	}
}

func otherFinalizers(obj object) []string {
	return slices.DeleteFunc(slices.Clone(obj.GetFinalizers()), func(f string) bool { return f == v1alpha1.Finalizer })
}

// clearReport takes out of status what the store had of an object.
func clearReport(obj object) {
	switch o := obj.(type) {
	case *v1alpha1.Account:
		o.Status = v1alpha1.AccountStatus{CommonStatus: o.Status.CommonStatus}
	case *v1alpha1.EnvVarSet:
		o.Status = v1alpha1.EnvVarSetStatus{CommonStatus: o.Status.CommonStatus}
	case *v1alpha1.CloudConnection:
		o.Status = v1alpha1.CloudConnectionStatus{CommonStatus: o.Status.CommonStatus}
	}
	status := obj.CommonStatus()
	status.Drifted = nil
	status.Conditions = slices.DeleteFunc(status.Conditions, func(c metav1.Condition) bool {
		return isOwn(c) && c.Type != v1alpha1.ConditionReady
	})
}

// conditions are those of one object, which speak of its present generation.
type conditions struct {
	list       *[]metav1.Condition
	generation int64
}

func conditionsOf(obj object) conditions {
	return conditions{&obj.CommonStatus().Conditions, obj.GetGeneration()}
}

func (c conditions) set(condition string, status metav1.ConditionStatus, v verdict) {
	meta.SetStatusCondition(c.list, metav1.Condition{
		Type: condition, Status: status, ObservedGeneration: c.generation,
		Reason: string(v.reason), Message: bounded(v.message),
	})
}

func (c conditions) setWhile(condition string, holds bool, v verdict) {
	if holds {
		c.set(condition, metav1.ConditionTrue, v)
		return
	}
	meta.RemoveStatusCondition(c.list, condition)
}

func boolStatus(b bool) metav1.ConditionStatus {
	if b {
		return metav1.ConditionTrue
	}
	return metav1.ConditionFalse
}

// bounded cuts a message between two characters, and marks what hides in it. What is no UTF-8 would come back from the API server as
// another message.
func bounded(message string) string {
	message = legible.Shown(message)
	if len(message) <= maxMessage {
		return message
	}
	const more = "..."
	return runes(message, maxMessage-len(more)) + more
}

// runes cuts a longer text between two characters.
func runes(text string, limit int) string {
	for !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

func driftVerdict(names []string) verdict {
	return verdict{reason: v1alpha1.ReasonDrifted, message: "changed in the store by somebody else and left so: " + some(names) +
		"; set spec.driftPolicy to Correct to put it back, or write here what is there"}
}

// readyReason is the reason of Ready, and whether Ready is true for the present generation.
func readyReason(obj object) (reason string, current bool) {
	ready := meta.FindStatusCondition(obj.CommonStatus().Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return "", false
	}
	return ready.Reason, ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == obj.GetGeneration()
}
