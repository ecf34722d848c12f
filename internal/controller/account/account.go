// Package account is the kind Account: what it wants of the store, whose account it may take, and what its status shows.
package account

import (
	"cmp"
	"context"
	"errors"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/controller/lifecycle"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// Kind is the kind Account.
type Kind struct {
	Reader     *clusterview.Reader
	Session    *leader.Session
	Tracker    *syncstate.Tracker
	View       View
	Dependants *Dependants
	Resource   *lifecycle.Resource[store.Account]
}

// Sync implements lifecycle.Kind.
func (k *Kind) Sync(ctx context.Context, a *v1alpha1.Account) (events.Event, error) {
	claim, err := k.Reader.Claim(ctx, store.KindAccount, a)
	if err != nil {
		return events.Event{}, err
	}
	if a.Observes() {
		return events.Event{}, k.observe(ctx, a, claim)
	}
	if err := checkHeir(a); err != nil {
		return events.Event{}, err
	}
	if k.mailBegan(a) {
		k.Tracker.Invalidate(a.UID)
	}
	want := desired(&a.Spec)
	record, err := recordOf(a, want)
	if err != nil {
		return events.Event{}, err
	}
	if err := lifecycle.InSync(k.Tracker, a, record, true); err != nil {
		return events.Event{}, err
	}
	return k.store(ctx, a, claim, want, record)
}

// Record is of all that the row is made from: the spec.
func Record(a *v1alpha1.Account) (string, error) { return recordOf(a, desired(&a.Spec)) }

func recordOf(a *v1alpha1.Account, want store.AccountSpec) (string, error) {
	return drift.Fingerprint(want, drift.PolicyPart(a))
}

// Managed is the record of an Account and the leaves that its spec sets, with which its holder finds them read-only.
func Managed(a *v1alpha1.Account) (record string, leaves []string, err error) {
	want := desired(&a.Spec)
	record, err = recordOf(a, want)
	return record, want.Managed(), err
}

// Released implements lifecycle.Kind.
func (k *Kind) Released(ctx context.Context, a *v1alpha1.Account) { k.Dependants.rowGone(ctx, a) }

// Forget implements lifecycle.Kind.
func (k *Kind) Forget(uid types.UID) { k.Dependants.forget(uid) }

// mailBegan reports whether status says that mails cannot go out and this manager can send them. Status decides a comparison only.
func (k *Kind) mailBegan(a *v1alpha1.Account) bool {
	c := meta.FindStatusCondition(a.Status.Conditions, v1alpha1.ConditionEmailVerified)
	return k.View.Mails && c != nil && c.Reason == string(v1alpha1.ReasonMailNotConfigured)
}

// store makes the row what the spec says, but for what another client changed and is only to be reported.
func (k *Kind) store(ctx context.Context, a *v1alpha1.Account, claim store.Claim, want store.AccountSpec, record string) (events.Event, error) {
	before := isAskedFor(a)
	event, err := k.Resource.Write(ctx, a, lifecycle.Row[store.Account]{
		Claim: claim, Record: record, Read: k.Session.Fenced().Account,
		Compare: func(d *drift.Drift, have *store.Account) error { return compareLeaves(d, &want, have) },
		Missing: func(d *drift.Drift) { d.Lost = true },
		Put: func(ctx context.Context, mark store.Mark) (store.Account, events.Event, error) {
			return k.put(ctx, a, claim, want, mark)
		},
		Tried: func(d *drift.Drift, there bool, err error) {
			switch {
			case err == nil:
			case d.Lost:
				k.Dependants.rowGone(ctx, a)
			case !there: // perhaps it was made, and only the answer was lost
				k.Dependants.note(a.UID, noRow)
			}
		},
		Report: func(have *store.Account) {
			k.Dependants.rowSeen(ctx, a, *have)
			k.View.Report(a, *have)
		},
	})
	return event.Or(asksForDeletion(before, a)), err
}

// compareLeaves takes out of want what is to be left as it is in the row.
func compareLeaves(d *drift.Drift, want *store.AccountSpec, row *store.Account) error {
	for _, l := range leaves(want, row) {
		mark, err := drift.Fingerprint(l.want)
		if err != nil {
			return err
		}
		if d.Spares(l.path, mark[:drift.MarkSize], l.want != l.have) {
			l.spare()
		}
	}
	return nil
}

// put creates or replaces the account. Where another row is in the way, it may be this very object's from before the
// cluster was restored, or one that it may take over; then that row is bound to it first.
func (k *Kind) put(
	ctx context.Context, a *v1alpha1.Account, claim store.Claim, want store.AccountSpec, mark store.Mark,
) (store.Account, events.Event, error) {
	restored, err := k.restore(ctx, a, claim)
	if err != nil {
		return store.Account{}, events.Event{}, err
	}
	want.Replaces = a.Annotations[v1alpha1.ReplaceEmailAnnotation]
	got, err := k.Session.Fenced().PutAccount(ctx, claim, want, mark)
	conflict := (*store.ConflictError)(nil)
	if !errors.As(err, &conflict) {
		return got, restored, addressKept(err)
	}
	taken, err := k.takeOver(ctx, a, claim, conflict)
	if err != nil {
		return store.Account{}, events.Event{}, err
	}
	got, err = k.Session.Fenced().PutAccount(ctx, claim, want, mark)
	return got, taken, addressKept(err)
}

// addressKept says what a user has to decide where the spec would take an address away that the account's holder chose.
func addressKept(err error) error {
	if !errors.As(err, new(*store.AddressKeptError)) {
		return err
	}
	return outcome.StalledBy(v1alpha1.ReasonEmailChangedByHolder,
		"the account holder changed the address, which spec.email would take the place of: write the one of status.email into spec.email, "+
			"or set spec.security.emailChange to Holder; to overwrite it, name the one that is to go by the annotation %s", v1alpha1.ReplaceEmailAnnotation)
}

// previousIncarnation reports whether the holder is this object's previous incarnation: beside what holds for every kind, the address must agree.
func (k *Kind) previousIncarnation(ctx context.Context, a *v1alpha1.Account, claim, holder store.Claim) (bool, error) {
	ok, err := k.Reader.PreviousIncarnation(ctx, a, claim, holder)
	if !ok || err != nil {
		return false, err
	}
	row, err := k.Session.Fenced().Account(ctx, holder)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && sameAddress(cmp.Or(row.EmailNamed, row.Email), a.Spec.Email), err
}
