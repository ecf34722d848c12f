package controller

import (
	"context"
	"errors"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// accounts is the kind Account.
type accounts struct {
	world   *world
	leading *leading
}

func (k *accounts) sync(ctx context.Context, a *v1alpha1.Account) (news, error) {
	return news{}, k.store(ctx, a)
}

func (k *accounts) store(ctx context.Context, a *v1alpha1.Account) error {
	want := wantAccount(&a.Spec)
	record, err := fingerprint(want)
	if err != nil {
		return err
	}
	if err := k.leading.inSync(a, record); err != nil {
		return err
	}
	claim, err := k.world.claim(ctx, store.KindAccount, a)
	if err != nil {
		return err
	}
	seen := k.leading.settled.look(a.UID)
	got, err := k.put(ctx, a, claim, want, store.Mark{Generation: a.Generation, Record: record})
	if err != nil {
		return err
	}
	k.leading.settled.keep(a.UID, record, seen)
	a.Status.AccountID, a.Status.Email, a.Status.DeletionBlockers = got.ID, got.Email, nil
	return nil
}

// put creates or replaces the account. Where another row is in the way, it may be this very object's from before the
// cluster was restored; then that row is bound to it first.
func (k *accounts) put(
	ctx context.Context, a *v1alpha1.Account, claim store.Claim, want store.AccountSpec, mark store.Mark,
) (store.Account, error) {
	got, err := k.leading.led.PutAccount(ctx, claim, want, mark)
	conflict := (*store.ConflictError)(nil)
	if !errors.As(err, &conflict) {
		return got, err
	}
	former, err := k.former(ctx, a, claim, conflict.Holder)
	if err != nil {
		return store.Account{}, err
	}
	if !former {
		return store.Account{}, whoseIsIt(claim, conflict)
	}
	if err := k.leading.led.Rebind(ctx, conflict.Holder, claim); err != nil {
		return store.Account{}, err
	}
	return k.leading.led.PutAccount(ctx, claim, want, mark)
}

// former tells whether the holder is this object's former life: beside what holds for every kind, the address must agree.
func (k *accounts) former(ctx context.Context, a *v1alpha1.Account, claim, holder store.Claim) (bool, error) {
	ok, err := k.world.formerLife(ctx, a, claim, holder)
	if !ok || err != nil {
		return false, err
	}
	row, err := k.leading.led.Account(ctx, holder)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && sameAddress(row.Email, a.Spec.Email), err
}

// whoseIsIt says in whose way this object stands. What lives in another namespace is not named: its tenants are strangers.
func whoseIsIt(claim store.Claim, conflict *store.ConflictError) error {
	holder := conflict.Holder
	switch {
	case holder.IsZero() || claim.Namesake(holder):
		return stalledBy(v1alpha1.ReasonAccountExists,
			"the store has an account of this address or name that this object does not manage; "+
				"use another address, or have the store's administrator remove or rename that account")
	case holder.Cluster == claim.Cluster && holder.Namespace == claim.Namespace:
		return stalledBy(v1alpha1.ReasonEmailInUse,
			"the address is held by the Account %q of this namespace; change one of the two", holder.Name)
	default:
		return stalledBy(v1alpha1.ReasonEmailInUse,
			"the address is held by an Account outside this namespace; use another address")
	}
}

func (k *accounts) remove(ctx context.Context, a *v1alpha1.Account) error {
	claim, err := k.world.claim(ctx, store.KindAccount, a)
	if err != nil {
		return err
	}
	a.Status.DeletionBlockers = nil
	err = k.leading.led.DeleteAccount(ctx, claim, store.Deletion{Retain: a.Spec.Retains()})
	stopped := (*store.BlockedError)(nil)
	if !errors.As(err, &stopped) {
		return err
	}
	a.Status.DeletionBlockers = deletionBlockers(stopped.Blockers)
	return stalledBy(v1alpha1.ReasonDeletionBlocked, "%s", blockedMessage(stopped.Blockers))
}
