package controller

import (
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// maxRequest bounds what is compared of the annotation, and acknowledged in status.
const maxRequest = 64

// request is what the annotation requested-at holds, as far as it counts.
func request(obj object) string {
	value := obj.GetAnnotations()[v1alpha1.RequestedAtAnnotation]
	if len(value) > maxRequest {
		value = runes(value, maxRequest)
	}
	return value
}

// asked tells whether somebody wants a reconcile that has not been yet.
func asked(obj object) bool {
	r := request(obj)
	return r != "" && r != obj.CommonStatus().LastHandledRequest
}

// forgotten tells whether an object that is being deleted shall go without touching the store.
func forgotten(obj object) bool {
	value := v1alpha1.ForgetValue(obj)
	return value != "" && obj.GetAnnotations()[v1alpha1.ForgetAnnotation] == value
}

// ownInterval is the object's own resync interval, jittered; 0 where it has none.
func ownInterval(obj object) time.Duration {
	seconds := obj.Common().ResyncIntervalSeconds
	if seconds == nil || *seconds == 0 {
		return 0
	}
	return jittered(time.Duration(*seconds) * time.Second)
}
