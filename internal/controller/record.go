package controller

import (
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const maxMessage = 1024

// conclude writes a verdict into the object's conditions. Types that are not ours are kept.
func conclude(obj object, v verdict) {
	status := obj.CommonStatus()
	status.ObservedGeneration = obj.GetGeneration()
	set(obj, v1alpha1.ConditionReady, boolStatus(v.ready), v)
	setWhile(obj, v1alpha1.ConditionStalled, v.stalled, v)
	setWhile(obj, v1alpha1.ConditionDeletionBlocked, v.reason == v1alpha1.ReasonDeletionBlocked, v)
	meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionSuspended)
}

// concludeSuspended leaves Ready as it was: a suspended object says nothing new about the store.
func concludeSuspended(obj object) {
	v := verdict{reason: v1alpha1.ReasonSuspended, message: "spec.suspend is true; set it to false to go on"}
	status := obj.CommonStatus()
	status.ObservedGeneration = obj.GetGeneration()
	set(obj, v1alpha1.ConditionSuspended, metav1.ConditionTrue, v)
	meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionStalled)
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		set(obj, v1alpha1.ConditionReady, metav1.ConditionUnknown, v)
		return
	}
	ready.ObservedGeneration = obj.GetGeneration()
}

func setWhile(obj object, condition string, holds bool, v verdict) {
	if holds {
		set(obj, condition, metav1.ConditionTrue, v)
		return
	}
	meta.RemoveStatusCondition(&obj.CommonStatus().Conditions, condition)
}

func set(obj object, condition string, status metav1.ConditionStatus, v verdict) {
	meta.SetStatusCondition(&obj.CommonStatus().Conditions, metav1.Condition{
		Type: condition, Status: status, ObservedGeneration: obj.GetGeneration(),
		Reason: string(v.reason), Message: bounded(v.message),
	})
}

func boolStatus(b bool) metav1.ConditionStatus {
	if b {
		return metav1.ConditionTrue
	}
	return metav1.ConditionFalse
}

// bounded cuts a message between two characters.
func bounded(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	const more = "..."
	cut := maxMessage - len(more)
	for !utf8.RuneStart(message[cut]) {
		cut--
	}
	return message[:cut] + more
}

// readyReason is the reason of Ready, and whether Ready is true for the present generation.
func readyReason(obj object) (reason string, current bool) {
	ready := meta.FindStatusCondition(obj.CommonStatus().Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return "", false
	}
	return ready.Reason, ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == obj.GetGeneration()
}
