package object

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/legible"
)

// maxRequest bounds what is compared of the annotation, and acknowledged in status.
const maxRequest = 64

// RequestedAt is what the annotation requested-at holds, as far as it counts.
func RequestedAt(obj Object) string {
	value := obj.GetAnnotations()[v1alpha1.RequestedAtAnnotation]
	if len(value) > maxRequest {
		value = legible.Cut(value, maxRequest)
	}
	return value
}

// ReconcileRequested reports whether a user requested a reconcile that has not been yet.
func ReconcileRequested(obj Object) bool {
	r := RequestedAt(obj)
	return r != "" && r != obj.CommonStatus().LastHandledRequest
}

// Forgotten reports whether an object that is being deleted shall go without touching the store.
func Forgotten(obj Object) bool {
	value := v1alpha1.ForgetValue(obj)
	return value != "" && obj.GetAnnotations()[v1alpha1.ForgetAnnotation] == value
}

// ResyncInterval is the object's own resync interval, jittered; 0 where it has none.
func ResyncInterval(obj Object) time.Duration {
	seconds := obj.Common().ResyncIntervalSeconds
	if seconds == nil || *seconds == 0 {
		return 0
	}
	return timing.Jittered(time.Duration(*seconds) * time.Second)
}

// OwnersOf names the objects that an object is deleted with.
func OwnersOf(obj metav1.Object) string {
	var names []string
	for _, o := range obj.GetOwnerReferences() {
		names = append(names, fmt.Sprintf("%s %q", o.Kind, o.Name))
	}
	return strings.Join(names, ", ")
}
