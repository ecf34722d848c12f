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
	if r := request(obj); r != "" {
		status.LastHandledRequest = r
	}
	c := conditionsOf(obj)
	c.set(v1alpha1.ConditionReady, boolStatus(v.ready), v)
	c.setWhile(v1alpha1.ConditionStalled, v.stalled, v)
	c.setWhile(v1alpha1.ConditionDrifted, len(status.Drifted) > 0, driftVerdict(status.Drifted))
	c.setWhile(v1alpha1.ConditionDeletionBlocked, v.blocksDeletion(), v)
	meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionSuspended)
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

// bounded cuts a message between two characters.
func bounded(message string) string {
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
