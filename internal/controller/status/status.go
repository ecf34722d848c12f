// Package status makes the status of objects: the conditions that are ours, what the API server admits, and a signature.
package status

import (
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/clamp"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/legible"
)

// ownConditions are the types of conditions that are ours, on every kind. Those of others stay as they are.
var ownConditions = []string{
	v1alpha1.ConditionReady, v1alpha1.ConditionStalled, v1alpha1.ConditionSuspended, v1alpha1.ConditionDeletionBlocked,
	v1alpha1.ConditionDrifted, v1alpha1.ConditionEmailVerified, v1alpha1.ConditionTwoFactorEnabled, v1alpha1.ConditionVerified,
	v1alpha1.ConditionAccessSuspended, v1alpha1.ConditionDeletionRequested,
	v1alpha1.ConditionIncomplete, v1alpha1.ConditionComplete, v1alpha1.ConditionFailed, v1alpha1.ConditionUndone,
}

// IsOwn reports whether a condition's type is ours.
func IsOwn(c metav1.Condition) bool { return slices.Contains(ownConditions, c.Type) }

// In is where an object of any of our kinds has its status.
func In(obj object.Any) (kind string, status any) {
	o := reflect.ValueOf(obj).Elem()
	return o.Type().Name(), o.FieldByName("Status").Addr().Interface()
}

// Own is the status of an object apart from its conditions.
func Own(obj object.Any) (own any, conditions []metav1.Condition) {
	_, status := In(obj)
	all := reflect.ValueOf(status).Elem()
	rest := reflect.New(all.Type()).Elem()
	rest.Set(all)
	rest.FieldByName(conditionsField).SetZero()
	return rest.Interface(), all.FieldByName(conditionsField).Interface().([]metav1.Condition)
}

const conditionsField = "Conditions"

// Copy gives an object the status of another state of it, and leaves it the conditions of others.
func Copy(to, from object.Any) {
	from = from.DeepCopyObject().(object.Any)
	_, present := Own(to)
	_, own := Own(from)
	_, source := In(from)
	_, target := In(to)
	all := reflect.ValueOf(target).Elem()
	all.Set(reflect.ValueOf(source).Elem())
	all.FieldByName(conditionsField).Set(reflect.ValueOf(mergeConditions(present, own)))
}

// maxConditions is how many a status of any kind may have.
const maxConditions = 16

// makeRoom drops the conditions of others that changed longest ago where there are too many: one who fills a status with its own must
// not keep the operator from saying what is so.
func makeRoom(obj object.Any) {
	_, conditions := Own(obj)
	if len(conditions) <= maxConditions {
		return
	}
	conditions = slices.Clone(conditions)
	for len(conditions) > maxConditions {
		oldest := -1
		for n, c := range conditions {
			if !IsOwn(c) && (oldest < 0 || c.LastTransitionTime.Before(&conditions[oldest].LastTransitionTime)) {
				oldest = n
			}
		}
		if oldest < 0 {
			return // there are fewer types of ours than there is room for
		}
		conditions = slices.Delete(conditions, oldest, oldest+1)
	}
	_, status := In(obj)
	reflect.ValueOf(status).Elem().FieldByName(conditionsField).Set(reflect.ValueOf(conditions))
}

// Fit makes the status of an object one that the API server takes, whatever the store has, and says so where something is left out.
func Fit(before, obj object.Any) {
	defer makeRoom(obj)
	kind, status := In(obj)
	left := clamp.Status(kind, status)
	o, reports := obj.(object.Object)
	if len(left) == 0 || !reports {
		return
	}
	ConditionsOf(o).Set(v1alpha1.ConditionIncomplete, metav1.ConditionTrue, outcome.Verdict{
		Reason: v1alpha1.ReasonNotAdmitted, Message: "the store has what no status may have, so that this is left out or cut: " + legible.List(left),
	})
	was := meta.FindStatusCondition(before.(object.Object).CommonStatus().Conditions, v1alpha1.ConditionIncomplete)
	if was != nil && was.Status == metav1.ConditionTrue {
		meta.FindStatusCondition(o.CommonStatus().Conditions, v1alpha1.ConditionIncomplete).LastTransitionTime = was.LastTransitionTime
	}
}

// mergeConditions are our conditions as from has them and those of others as present has them, in the order of present.
func mergeConditions(present, from []metav1.Condition) []metav1.Condition {
	var merged []metav1.Condition
	for _, c := range present {
		if IsOwn(c) {
			own := meta.FindStatusCondition(from, c.Type)
			if own == nil {
				continue
			}
			c = *own
		}
		merged = append(merged, c)
	}
	for _, c := range from {
		if IsOwn(c) && meta.FindStatusCondition(merged, c.Type) == nil {
			merged = append(merged, c)
		}
	}
	return merged
}

// Same compares what is ours of the status of two states of an object.
func Same(a, b object.Any) bool {
	statusA, conditionsA := Own(a)
	statusB, conditionsB := Own(b)
	return sameConditions(conditionsA, conditionsB) && equality.Semantic.DeepEqual(statusA, statusB)
}

func sameConditions(a, b []metav1.Condition) bool {
	left := 0
	for _, c := range b {
		if IsOwn(c) {
			left++
		}
	}
	for _, c := range a {
		if !IsOwn(c) {
			continue
		}
		left--
		if other := meta.FindStatusCondition(b, c.Type); other == nil || !sameCondition(c, *other) {
			return false
		}
	}
	return left == 0
}

func sameCondition(a, b metav1.Condition) bool {
	if !a.LastTransitionTime.Equal(&b.LastTransitionTime) {
		return false
	}
	a.LastTransitionTime = b.LastTransitionTime // two times that are equal may differ in how they are kept
	return a == b
}
