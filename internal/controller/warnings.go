package controller

import (
	"fmt"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// eventOwned is routine: the object's metadata says as much.
const eventOwned = "Owned"

// warnings remembers which of its warnings an object had, so that each is one event and not one a pass.
type warnings struct {
	mu   sync.Mutex
	sent map[types.UID][2]news
}

// due are the warnings that an object has not had yet; the zero news is none. Of an annotation that lies there a former manager warned
// where it left a status: an event after each restart would be noise. During a deletion, whoever set it waits to hear of it.
func (w *warnings) due(obj object, inherited func(client.Object) bool) [2]news {
	now := [2]news{forgetIgnored(obj), owned(obj)}
	due := now
	if due[0] != (news{}) && obj.GetDeletionTimestamp().IsZero() && inherited(obj) {
		due[0] = news{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, sent := range w.sent[obj.GetUID()] {
		if now[i] == sent {
			due[i] = news{}
		}
	}
	switch {
	case now == [2]news{}:
		delete(w.sent, obj.GetUID())
	case w.sent == nil:
		w.sent = map[types.UID][2]news{obj.GetUID(): now}
	default:
		w.sent[obj.GetUID()] = now
	}
	return due
}

func (w *warnings) forget(uid types.UID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.sent, uid)
}

// forgetIgnored warns of an annotation that lies in wait for a deletion, or that was meant for this one and does not count.
func forgetIgnored(obj object) news {
	_, given := obj.GetAnnotations()[v1alpha1.ForgetAnnotation]
	if !given || forgotten(obj) {
		return news{}
	}
	advice := "its value must be the deletionTimestamp of an object that is being deleted, which this one is not; remove it"
	if counts := v1alpha1.ForgetValue(obj); counts != "" {
		advice = fmt.Sprintf("its value must be %q, the object's deletionTimestamp", counts)
	}
	return news{corev1.EventTypeWarning, "ForgetIgnored", "the annotation " + v1alpha1.ForgetAnnotation + " has no effect: " + advice}
}

// owned warns that an object is deleted with another one.
func owned(obj object) news {
	by := ownersOf(obj)
	if by == "" {
		return news{}
	}
	return news{corev1.EventTypeWarning, eventOwned, by + " owns this object: whoever may delete that one has Kubernetes delete this one as well, " +
		"and what it stands for is treated as spec.deletionPolicy says"}
}

func ownersOf(obj client.Object) string {
	var names []string
	for _, o := range obj.GetOwnerReferences() {
		names = append(names, fmt.Sprintf("%s %q", o.Kind, o.Name))
	}
	return strings.Join(names, ", ")
}
