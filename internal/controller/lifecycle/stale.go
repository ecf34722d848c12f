package lifecycle

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/controller/clusterview"
)

// A cache lags. What a reconcile on an old view stores, the next one corrects; what it removed is gone. So before anything is
// removed from the store the API server itself is asked. And a status that is made from one that was read before our own last
// may say what that one said, so that it seems there is nothing to write.

// current is the object as the cache has it, or as the API server has it where the cache has not seen our own last write.
func (r *Reconciler[T]) current(ctx context.Context, obj T) (T, error) {
	if !r.Tracker.IsStale(obj) {
		return obj, nil
	}
	now, err := r.asItIs(ctx, obj)
	if err == nil {
		r.Tracker.Own(now, nil)
	}
	return now, err
}

// asItIs is the object of a deletion as the API server has it: its deletionPolicy may be another by now, or its name
// another object's.
func (r *Reconciler[T]) asItIs(ctx context.Context, obj T) (T, error) {
	now := r.Empty.DeepCopyObject().(T)
	err := r.Reader.Get(ctx, client.ObjectKeyFromObject(obj), now)
	if err == nil && now.GetUID() != obj.GetUID() {
		return now, clusterview.Outdated(obj)
	}
	return now, err
}
