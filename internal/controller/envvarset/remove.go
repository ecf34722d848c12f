package envvarset

import (
	"context"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// Remove implements lifecycle.Kind.
func (k *Kind) Remove(ctx context.Context, s *v1alpha1.EnvVarSet) error {
	owner, err := k.Reader.Claim(ctx, store.KindEnvVarSet, s)
	if err != nil {
		return err
	}
	accounts, err := k.accounts(ctx, s, owner)
	if err != nil {
		return err
	}
	if err := k.Session.Fenced().RemoveEnvVars(ctx, owner, s.Spec.Retains()); err != nil {
		return err
	}
	for _, account := range accounts {
		k.Counts.Refresh(account)
	}
	return nil
}

// accounts are those that the set has variables of, as far as they have counts to refresh.
func (k *Kind) accounts(ctx context.Context, s *v1alpha1.EnvVarSet, owner store.Claim) (all []store.Claim, err error) {
	if s.Spec.AccountSelector == nil {
		if account, err := k.Reader.Account(ctx, s); err == nil { // it may be gone
			all = append(all, account)
		}
		return all, nil
	}
	err = store.EachPair(ctx, k.Session.Fenced(), owner, func(pair store.Pair) error {
		if !pair.Account.IsZero() {
			all = append(all, pair.Account)
		}
		return nil
	})
	return all, err
}

// Released implements lifecycle.Kind.
func (k *Kind) Released(context.Context, *v1alpha1.EnvVarSet) {}

// Forget implements lifecycle.Kind.
func (k *Kind) Forget(uid types.UID) { k.resting.forget(uid) }
