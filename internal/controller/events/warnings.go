package events

import (
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

// Warnings remembers which of its warnings an object had, so that each is one event and not one a reconcile.
type Warnings struct {
	mu   sync.Mutex
	sent map[types.UID][2]Event
}

// Due are the warnings that an object has not had yet; the zero Event is none. Of an annotation that lies there a previous manager warned
// where it left a status: an event after each restart would be noise. During a deletion, whoever set it waits to see it.
func (w *Warnings) Due(obj object.Object, inherited func(object.Any) bool) [2]Event {
	now := [2]Event{forgetIgnored(obj), owned(obj)}
	due := now
	if due[0] != (Event{}) && obj.GetDeletionTimestamp().IsZero() && inherited(obj) {
		due[0] = Event{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, sent := range w.sent[obj.GetUID()] {
		if now[i] == sent {
			due[i] = Event{}
		}
	}
	switch {
	case now == [2]Event{}:
		delete(w.sent, obj.GetUID())
	case w.sent == nil:
		w.sent = map[types.UID][2]Event{obj.GetUID(): now}
	default:
		w.sent[obj.GetUID()] = now
	}
	return due
}

// Forget drops what is remembered of an object that is gone.
func (w *Warnings) Forget(uid types.UID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.sent, uid)
}

// forgetIgnored warns of an annotation that lies in wait for a deletion, or that was meant for this one and does not count.
func forgetIgnored(obj object.Object) Event {
	_, given := obj.GetAnnotations()[v1alpha1.ForgetAnnotation]
	if !given || object.Forgotten(obj) {
		return Event{}
	}
	advice := "its value must be the deletionTimestamp of an object that is being deleted, which this one is not; remove it"
	if counts := v1alpha1.ForgetValue(obj); counts != "" {
		advice = fmt.Sprintf("its value must be %q, the object's deletionTimestamp", counts)
	}
	return Warning("ForgetIgnored", "the annotation "+v1alpha1.ForgetAnnotation+" has no effect: "+advice)
}

// owned warns that an object is deleted with another one.
func owned(obj object.Object) Event {
	by := object.OwnersOf(obj)
	if by == "" {
		return Event{}
	}
	return Warning(eventOwned, by+" owns this object: whoever may delete that one has Kubernetes delete this one as well, "+
		"and what it stands for is treated as spec.deletionPolicy says")
}
