package account

import (
	"context"
	"errors"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// takeOver makes way for a put that found another row: it binds that row to the object, if it is the object's own from a
// previous incarnation or may be adopted, or says whose it is.
func (k *Kind) takeOver(ctx context.Context, a *v1alpha1.Account, claim store.Claim, conflict *store.ConflictError) (events.Event, error) {
	previous, err := k.previousIncarnation(ctx, a, claim, conflict.Holder)
	if err != nil {
		return events.Event{}, err
	}
	if previous {
		return events.Event{}, k.Session.Fenced().Rebind(ctx, conflict.Holder, claim)
	}
	if !conflict.Holder.IsZero() {
		return events.Event{}, k.addressHeld(ctx, a, claim, conflict)
	}
	live, retained, err := k.Session.Fenced().AtAddress(ctx, claim, a.Spec.Email)
	if err != nil || live == nil { // it went meanwhile; the put will create one
		return events.Event{}, err
	}
	if sameObject(claim, retained) {
		return k.adopt(ctx, claim, *live, "account "+live.ID+" was retained when this object was deleted and is this object's again")
	}
	if a.Spec.Adoption != v1alpha1.AdoptIfUnclaimed {
		return events.Event{}, whoseIsIt(claim, conflict)
	}
	if err := k.mayAdopt(ctx, a); err != nil {
		return events.Event{}, err
	}
	return k.adopt(ctx, claim, *live, "account "+live.ID+" of this address was managed by nobody and is this object's now")
}

func (k *Kind) adopt(ctx context.Context, claim store.Claim, found store.Account, message string) (events.Event, error) {
	err := k.Session.Fenced().Adopt(ctx, claim, found)
	conflict := (*store.ConflictError)(nil)
	switch {
	case errors.Is(err, store.ErrNotFound): // it went, or got another address, meanwhile; the put will create one
		return events.Event{}, nil
	case errors.As(err, &conflict) && conflict.Holder == claim: // this object has another account, which it keeps
		return events.Event{}, whoseIsIt(claim, &store.ConflictError{Field: "email"})
	case conflict != nil:
		return events.Event{}, whoseIsIt(claim, conflict)
	}
	return events.Normal("Adopted", message), err
}

// sameObject reports whether a previous claim was this object's, in this very namespace.
func sameObject(claim, previous store.Claim) bool {
	claim.UID = previous.UID
	return claim == previous
}

// mayAdopt holds adoption to namespaces that a cluster administrator vouches for: else whoever may create an Account could
// take over any account.
func (k *Kind) mayAdopt(ctx context.Context, a *v1alpha1.Account) error {
	ns, err := k.Reader.Namespace(ctx, a.Namespace)
	if err != nil {
		return err
	}
	if ns.Labels[clusterview.AllowAdoption] == "true" {
		return nil
	}
	return adoptionNotAllowed(a.Namespace)
}

func adoptionNotAllowed(namespace string) error {
	return outcome.StalledBy(v1alpha1.ReasonAdoptionNotAllowed,
		"this needs an account that this object did not create, and the namespace %q may not take such over; "+
			"have a cluster administrator label it %s=true, or leave adoption and managementPolicy out", namespace, clusterview.AllowAdoption)
}

// observe reads the account of the address into status, and writes nothing.
func (k *Kind) observe(ctx context.Context, a *v1alpha1.Account, claim store.Claim) error {
	live, err := k.observed(ctx, a, claim)
	if err != nil {
		return err
	}
	if live == nil || live.Claim != claim {
		if err := k.mayAdopt(ctx, a); err != nil {
			return err
		}
	}
	switch {
	case live == nil:
		return nothingToObserve()
	case !live.Claim.IsZero() && live.Claim != claim:
		return whoseIsIt(claim, &store.ConflictError{Field: "email", Holder: live.Claim})
	}
	k.View.Report(a, *live)
	a.Status.Drifted = nil
	return outcome.ErrObserved
}

// observed finds the account that the claim has, or else the one of the address; nil for none.
func (k *Kind) observed(ctx context.Context, a *v1alpha1.Account, claim store.Claim) (*store.Account, error) {
	own, err := k.Session.Fenced().Account(ctx, claim)
	if !errors.Is(err, store.ErrNotFound) {
		return &own, err
	}
	live, _, err := k.Session.Fenced().AtAddress(ctx, claim, a.Spec.Email)
	return live, err
}

func nothingToObserve() error {
	return outcome.WaitingFor(v1alpha1.ReasonNothingToObserve,
		"the store has no account of this address; create it there, or set spec.managementPolicy to Manage")
}

// addressHeld is whoseIsIt with the way out where the Account that holds it asks for another address itself, which a client may hold that waits
// for this one: Accounts that exchange their addresses would wait for each other for ever.
func (k *Kind) addressHeld(ctx context.Context, a *v1alpha1.Account, claim store.Claim, conflict *store.ConflictError) error {
	holder := conflict.Holder
	if conflict.Field != "email" || holder.Cluster != claim.Cluster || holder.Namespace != claim.Namespace {
		return whoseIsIt(claim, conflict)
	}
	var by v1alpha1.Account
	err := k.Reader.Cached.Get(ctx, types.NamespacedName{Namespace: holder.Namespace, Name: holder.Name}, &by)
	if err != nil || string(by.UID) != holder.UID || sameAddress(by.Spec.Email, a.Spec.Email) || by.Spec.Security.EmailChange == v1alpha1.EmailByHolder {
		return whoseIsIt(claim, conflict) // what the message adds is not worth failing for
	}
	return exchanged(holder)
}

func exchanged(holder store.Claim) error {
	return outcome.StalledBy(v1alpha1.ReasonEmailInUse,
		"the address is held by the Account %q of this namespace, which asks for another one and does not have it yet; "+
			"where Accounts exchange their addresses, give one of them an unused address until the others are Ready, "+
			"and then the one that it is to have", holder.Name)
}

// whoseIsIt says in whose way this object stands. What lives in another namespace is not named: its tenants are strangers.
func whoseIsIt(claim store.Claim, conflict *store.ConflictError) error {
	holder := conflict.Holder
	switch {
	case holder.IsZero() || claim.Namesake(holder):
		return outcome.StalledBy(v1alpha1.ReasonAccountExists,
			"the store has an account of this address or name that this object does not manage; "+
				"use another address, take it over with spec.adoption (in a namespace labelled %s=true), "+
				"or have the store's administrator remove or rename that account", clusterview.AllowAdoption)
	case holder.Cluster == claim.Cluster && holder.Namespace == claim.Namespace:
		return outcome.StalledBy(v1alpha1.ReasonEmailInUse,
			"the address is held by the Account %q of this namespace; change one of the two", holder.Name)
	default:
		return outcome.StalledBy(v1alpha1.ReasonEmailInUse,
			"the address is held by an Account outside this namespace; use another address")
	}
}
