package clusterview

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/store"
)

// PreviousIncarnation reports whether holder is what the store calls this object from before its cluster was restored: all but the
// UID agrees, the object of that UID is gone, and the namespace is the same one or an administrator vouches for it.
func (w *Reader) PreviousIncarnation(ctx context.Context, obj client.Object, claim, holder store.Claim) (bool, error) {
	if !claim.Namesake(holder) {
		return false, nil
	}
	live, err := w.isLive(ctx, obj)
	if !live || err != nil {
		return false, err
	}
	if holder.NamespaceUID == claim.NamespaceUID {
		return true, nil
	}
	ns, err := w.Namespace(ctx, claim.Namespace)
	return err == nil && ns.Labels[AllowAdoption] == "true", err
}

// isLive reports whether the name is ours at this moment: then the object that had it under another UID is gone.
func (w *Reader) isLive(ctx context.Context, obj client.Object) (bool, error) {
	now, err := w.liveMetadata(ctx, obj)
	return err == nil && now.UID == obj.GetUID(), err
}
