package controller

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// A cache lags. What a pass on an old view stores, the next one mends; what it removed is gone. So before anything is
// removed from the store the API server itself is asked. And a status that is made from one that was told before our own last
// may say what that one said, so that it seems there is nothing to write.

// current is the object as the cache has it, or as the API server has it where the cache has not seen our own last write.
func (r *reconciler[T]) current(ctx context.Context, obj T) (T, error) {
	if !r.leading.state.IsStale(obj) {
		return obj, nil
	}
	now, err := r.asItIs(ctx, obj)
	if err == nil {
		r.leading.state.Own(now, nil)
	}
	return now, err
}

// asItIs is the object of a deletion as the API server has it: its deletionPolicy may be another by now, or its name
// another object's.
func (r *reconciler[T]) asItIs(ctx context.Context, obj T) (T, error) {
	now := r.empty.DeepCopyObject().(T)
	err := r.reader.Get(ctx, client.ObjectKeyFromObject(obj), now)
	if err == nil && now.GetUID() != obj.GetUID() {
		return now, outdated(obj)
	}
	return now, err
}

// unchanged fails when the object's spec is not any more what obj says.
func (w *world) unchanged(ctx context.Context, obj client.Object) error {
	now, err := w.now(ctx, obj)
	if err == nil && (now.UID != obj.GetUID() || now.Generation != obj.GetGeneration()) {
		return outdated(obj)
	}
	return err
}

// now is what the API server knows under the object's name; empty if there is nothing.
func (w *world) now(ctx context.Context, obj client.Object) (*metav1.PartialObjectMetadata, error) {
	gvk, err := apiutil.GVKForObject(obj, w.scheme)
	if err != nil {
		return nil, fmt.Errorf("find the kind: %w", err)
	}
	m := &metav1.PartialObjectMetadata{}
	m.SetGroupVersionKind(gvk)
	err = w.live.Get(ctx, client.ObjectKeyFromObject(obj), m)
	return m, fromAPI(client.IgnoreNotFound(err))
}

// outdated is the conflict that a write would have met: the pass is repeated when the cache has caught up.
func outdated(obj client.Object) error {
	return apierrors.NewConflict(schema.GroupResource{Group: v1alpha1.GroupVersion.Group}, obj.GetName(),
		errors.New("the cache has not seen its last change"))
}
