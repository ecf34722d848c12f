package controller

import (
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// written remembers the version of each object that came of this manager's own last write.
type written struct {
	mu       sync.Mutex
	versions map[types.UID]string
}

// unsure is the version after a write that may have been done: newer than any that the cache has.
const unsure = ""

// took is called after a write with the object that it gave, or with its error.
func (w *written) took(obj client.Object, err error) {
	version := obj.GetResourceVersion()
	switch {
	case notDone(err):
		return
	case err != nil:
		version = unsure
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.versions == nil {
		w.versions = map[types.UID]string{}
	}
	w.versions[obj.GetUID()] = version
}

// notDone tells of the error of a write that nothing was written.
func notDone(err error) bool {
	return apierrors.IsConflict(err) || apierrors.IsForbidden(err) || apierrors.IsInvalid(err) || apierrors.IsNotFound(err)
}

// after tells whether we wrote the object after what is cached of it.
func (w *written) after(cached client.Object) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	version, known := w.versions[cached.GetUID()]
	if !known || version == cached.GetResourceVersion() {
		return false
	}
	if version == unsure {
		return true
	}
	order, err := resourceversion.CompareResourceVersion(version, cached.GetResourceVersion())
	return err == nil && order > 0
}

func (w *written) forget(uid types.UID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.versions, uid)
}
