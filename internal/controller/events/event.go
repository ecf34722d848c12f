// Package events has the events that objects get, and the budget for those that only repeat what a status says.
package events

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/legible"
)

// Event is one event. The zero Event is none.
type Event struct{ kind, Reason, Message string }

// Normal is an event that is as it should be.
func Normal(reason, message string) Event { return Event{corev1.EventTypeNormal, reason, message} }

// Warning is an event that a person should read.
func Warning(reason, message string) Event { return Event{corev1.EventTypeWarning, reason, message} }

const (
	eventSynced  = "Synced"
	eventDeleted = "Deleted"
	eventRotated = "Rotated"
	eventOwned   = "Owned"
)

// StatusMended is the event of an object whose status another client had written.
var StatusMended = Warning("StatusMended", "another client wrote what only the operator writes of this object's status; "+
	"it says again what is so")

// Transition is what is worth an event: that an object became ready, or that something else than before is in its way.
// A state that only goes on, and a failure that the operator tries again by itself, are not. It is pure.
func Transition(reasonBefore string, v outcome.Verdict) Event {
	switch {
	case string(v.Reason) == reasonBefore || v.Retry != nil || v.After > 0:
		return Event{}
	case v.Ready:
		return Normal(eventSynced, v.Message)
	case v.BlocksDeletion():
		return Warning("DeletionBlocked", v.Message)
	default:
		return Warning("Blocked", v.Message)
	}
}

// Gone is the event of an object that goes.
func Gone(obj object.Object) Event {
	if object.Forgotten(obj) {
		return Warning("Forgotten", "let go by the annotation "+v1alpha1.ForgetAnnotation+
			"; the store was not touched and may still hold what this object stood for")
	}
	if obj.Common().Retains() {
		return Normal("Retained", "left in the store and no longer managed")
	}
	return Normal(eventDeleted, "removed from the store")
}

// MostImportant is the one event of a reconcile. That an object is ready shows anyway, so what was observed on the way comes before that,
// as that an account was taken over; what is in its way comes before all.
func MostImportant(changed, observed Event, ready bool) Event {
	if ready {
		return observed.Or(changed)
	}
	return changed.Or(observed)
}

// Or is the other event where there is none: a reconcile reports one thing at most.
func (n Event) Or(other Event) Event {
	if n == (Event{}) {
		return other
	}
	return n
}

// Rotation is the event of an object that has other values now because what it takes from has changed, and not its spec. It says what,
// which status.sources shows only as another version. It is pure.
func Rotation(obj object.Object, before, after []v1alpha1.SourceVersion, what string) Event {
	if obj.CommonStatus().ObservedGeneration != obj.GetGeneration() {
		return Event{}
	}
	var changed []string
	for _, now := range after {
		if slices.ContainsFunc(before, func(b v1alpha1.SourceVersion) bool {
			return b.Kind == now.Kind && b.Name == now.Name && b.ResourceVersion != now.ResourceVersion
		}) {
			changed = append(changed, fmt.Sprintf("%s/%s", now.Kind, now.Name))
		}
	}
	if len(changed) == 0 {
		return Event{}
	}
	return Normal(eventRotated, legible.List(changed)+" changed; written: "+what)
}

// routine reports whether the object itself says as much: by its condition, by its status, or by being gone.
func (n Event) routine() bool {
	switch n.Reason {
	case eventSynced, eventDeleted, eventOwned, eventRotated:
		return true
	default:
		return false
	}
}
