package controller

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// news is one event. The zero news is none.
type news struct{ kind, reason, message string }

const (
	eventSynced  = "Synced"
	eventDeleted = "Deleted"
	eventRotated = "Rotated"
)

// statusMended is the event of an object whose status another client had written.
var statusMended = news{corev1.EventTypeWarning, "StatusMended", "another client wrote what only the operator writes of this object's status; " +
	"it says again what is so"}

// transition tells what is worth an event: that an object became ready, or that something else than before is in its way.
// A state that only goes on, and a failure that the operator tries again by itself, are no news. It is pure.
func transition(reasonBefore string, v verdict) news {
	switch {
	case string(v.reason) == reasonBefore || v.retry != nil || v.after > 0:
		return news{}
	case v.ready:
		return news{corev1.EventTypeNormal, eventSynced, v.message}
	case v.blocksDeletion():
		return news{corev1.EventTypeWarning, "DeletionBlocked", v.message}
	default:
		return news{corev1.EventTypeWarning, "Blocked", v.message}
	}
}

// farewell is the event of an object that goes.
func farewell(obj object) news {
	if forgotten(obj) {
		return news{corev1.EventTypeWarning, "Forgotten", "let go by the annotation " + v1alpha1.ForgetAnnotation +
			"; the store was not touched and may still hold what this object stood for"}
	}
	if obj.Common().Retains() {
		return news{corev1.EventTypeNormal, "Retained", "left in the store and no longer managed"}
	}
	return news{corev1.EventTypeNormal, eventDeleted, "removed from the store"}
}

// loudest is the one event of a pass. That an object is ready shows anyway, so what was heard on the way comes before that,
// as that an account was taken over; what is in its way comes before all.
func loudest(changed, heard news, ready bool) news {
	if ready {
		return heard.or(changed)
	}
	return changed.or(heard)
}

// or is the other news where there is none: a pass tells one thing at most.
func (n news) or(other news) news {
	if n == (news{}) {
		return other
	}
	return n
}

// rotation is the event of an object that has other values now because what it takes from has changed, and not its spec. It says what,
// which status.sources shows only as another version. It is pure.
func rotation(obj object, before, after []v1alpha1.SourceVersion, what string) news {
	if obj.CommonStatus().ObservedGeneration != obj.GetGeneration() {
		return news{}
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
		return news{}
	}
	return news{corev1.EventTypeNormal, eventRotated, some(changed) + " changed; written: " + what}
}

// routine reports whether the object itself says as much: by its condition, by its status, or by being gone.
func (n news) routine() bool {
	switch n.reason {
	case eventSynced, eventDeleted, eventOwned, eventRotated:
		return true
	default:
		return false
	}
}
