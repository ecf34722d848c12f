package clusterview

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/source"
)

// Unchanged fails when the object's spec is not any more what obj says.
func (w *Reader) Unchanged(ctx context.Context, obj client.Object) error {
	now, err := w.liveMetadata(ctx, obj)
	if err == nil && (now.UID != obj.GetUID() || now.Generation != obj.GetGeneration()) {
		return Outdated(obj)
	}
	return err
}

// liveMetadata is what the API server knows under the object's name; empty if there is nothing.
func (w *Reader) liveMetadata(ctx context.Context, obj client.Object) (*metav1.PartialObjectMetadata, error) {
	gvk, err := apiutil.GVKForObject(obj, w.Scheme)
	if err != nil {
		return nil, fmt.Errorf("find the kind: %w", err)
	}
	m := &metav1.PartialObjectMetadata{}
	m.SetGroupVersionKind(gvk)
	err = w.Live.Get(ctx, client.ObjectKeyFromObject(obj), m)
	return m, outcome.FromAPI(client.IgnoreNotFound(err))
}

// Outdated is the conflict that a write would have met: the reconcile is repeated when the cache has caught up.
func Outdated(obj client.Object) error {
	return apierrors.NewConflict(schema.GroupResource{Group: v1alpha1.GroupVersion.Group}, obj.GetName(),
		errors.New("the cache has not seen its last change"))
}

// Live is how sources are read from the API server itself.
func Live(api client.Reader) source.Live {
	return func(ctx context.Context, key types.NamespacedName, into interface {
		metav1.Object
		runtime.Object
	}) error {
		return api.Get(ctx, key, into)
	}
}
