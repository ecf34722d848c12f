package syncstate

import (
	"cmp"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// maybeWritten is the version after a write that may have been done: newer than any that the cache has.
const maybeWritten = "?"

// Own is called after a write of this manager with the object that it gave, or with its error.
func (t *Tracker) Own(obj metav1.Object, err error) {
	version := obj.GetResourceVersion()
	switch {
	case NotWritten(err):
		return
	case err != nil:
		version = ""
	}
	t.update(obj.GetUID(), func(e *entry) { e.ownVersion = cmp.Or(version, maybeWritten) })
}

// NotWritten reports whether the error of a write means that nothing was written.
func NotWritten(err error) bool {
	return apierrors.IsConflict(err) || apierrors.IsForbidden(err) || apierrors.IsInvalid(err) || apierrors.IsNotFound(err)
}

// IsStale reports whether this manager wrote the object after what is cached of it.
func (t *Tracker) IsStale(cached metav1.Object) bool {
	switch version := t.get(cached.GetUID()).ownVersion; version {
	case "":
		return false
	case maybeWritten:
		return true
	default:
		order, err := resourceversion.CompareResourceVersion(version, cached.GetResourceVersion())
		return err == nil && order > 0
	}
}

// finalizerIsNew is how long after it was put a finalizer may still be bypassed: as long as the API server gives a request. The watch
// is given as long again to bring that.
const finalizerIsNew = time.Minute

// AddingFinalizer is called before the finalizer is put.
func (t *Tracker) AddingFinalizer(uid types.UID) {
	t.update(uid, func(e *entry) { e.finalizerAt = t.now() })
}

// FinalizerIsNew reports whether this manager put the object's finalizer just now.
func (t *Tracker) FinalizerIsNew(uid types.UID) bool { return t.isNew(t.get(uid).finalizerAt) }

func (t *Tracker) isNew(finalizerAt time.Duration) bool {
	return finalizerAt != 0 && t.now()-finalizerAt < 2*finalizerIsNew
}
