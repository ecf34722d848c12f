package controller

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
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

// livesNow tells whether the name is ours at this moment: then the object that had it under another UID is gone.
func (w *world) livesNow(ctx context.Context, obj client.Object) (bool, error) {
	now, err := w.now(ctx, obj)
	return err == nil && now.UID == obj.GetUID(), err
}

// leaveOtherAccounts ends what former lives of the set hold in accounts that are not its own, as the set's deletion would. It comes
// before the set has a record of its own, so that no crash in between lets it be forgotten. What they hold in the set's account is
// bound to it with the plan.
func (k *envVarSets) leaveOtherAccounts(ctx context.Context, s *v1alpha1.EnvVarSet, account, owner store.Claim) error {
	if k.leading.state.HasRecord(s.UID) {
		return nil
	}
	formers, err := k.leading.led.FormerOwners(ctx, account, owner)
	if err != nil {
		return err
	}
	for _, former := range formers {
		ours, err := k.world.formerLife(ctx, s, owner, former)
		if err != nil {
			return err
		}
		if !ours {
			continue
		}
		if err := k.leading.led.RemoveEnvVars(ctx, former, s.Spec.Retains()); err != nil {
			return err
		}
	}
	return nil
}
