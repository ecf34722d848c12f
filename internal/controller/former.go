package controller

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/account-operator/account-operator/internal/store"
)

// formerLife tells whether holder is what the store calls this object from before its cluster was restored: all but the
// UID agrees, the object of that UID is gone, and the namespace is the same one or an administrator vouches for it.
func (w *world) formerLife(ctx context.Context, obj client.Object, claim, holder store.Claim) (bool, error) {
	if !claim.Namesake(holder) {
		return false, nil
	}
	live, err := w.livesNow(ctx, obj)
	if !live || err != nil {
		return false, err
	}
	if holder.NamespaceUID == claim.NamespaceUID {
		return true, nil
	}
	ns, err := w.namespace(ctx, claim.Namespace)
	return err == nil && ns.Labels[allowAdoption] == "true", err
}

// livesNow asks the API server itself. If the name is ours at this moment, the object that had it under another UID is
// gone; a cache could tell so too late or too early.
func (w *world) livesNow(ctx context.Context, obj client.Object) (bool, error) {
	gvk, err := apiutil.GVKForObject(obj, w.scheme)
	if err != nil {
		return false, fmt.Errorf("find the kind: %w", err)
	}
	now := &metav1.PartialObjectMetadata{}
	now.SetGroupVersionKind(gvk)
	err = w.live.Get(ctx, client.ObjectKeyFromObject(obj), now)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	return err == nil && now.UID == obj.GetUID(), fromAPI(err)
}
