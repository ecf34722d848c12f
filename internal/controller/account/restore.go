package account

import (
	"context"
	"errors"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// restore brings a deleted account back before one is created in its place.
func (k *Kind) restore(ctx context.Context, a *v1alpha1.Account, claim store.Claim) (events.Event, error) {
	a.Status.RestoreCandidates = nil
	if a.Spec.Adoption != v1alpha1.AdoptRestore {
		return events.Event{}, nil
	}
	deleted, wanted, err := k.restorable(ctx, a, claim)
	if err != nil || !wanted {
		return events.Event{}, err
	}
	c := chooseRestored(claim, a.Spec.RestoreAccountID, deleted)
	if c.foreign {
		if err := k.mayAdopt(ctx, a); err != nil {
			return events.Event{}, err
		}
	}
	if c.reason != "" {
		a.Status.RestoreCandidates = restoreCandidates(c.among)
		return events.Event{}, undecided(c.reason)
	}
	if c.id == "" {
		return events.Event{}, nil
	}
	return k.restoreChosen(ctx, a, claim, c.id)
}

// restorable are the deleted accounts that there are to choose from; none is wanted where the claim has a live account. Nor where the address
// has one, unless the object's own had another address by then, to which its holder had changed it.
func (k *Kind) restorable(ctx context.Context, a *v1alpha1.Account, claim store.Claim) (deleted []store.Restorable, wanted bool, err error) {
	if _, err := k.Session.Fenced().Account(ctx, claim); !errors.Is(err, store.ErrNotFound) {
		return nil, false, err
	}
	live, _, err := k.Session.Fenced().AtAddress(ctx, claim, a.Spec.Email)
	if err != nil {
		return nil, false, err
	}
	deleted, err = k.Session.Fenced().Restorable(ctx, claim, a.Spec.Email, a.Spec.RestoreAccountID)
	if live == nil {
		return deleted, true, err
	}
	deleted = slices.DeleteFunc(deleted, func(d store.Restorable) bool {
		return !sameObject(claim, d.Claim) || sameAddress(d.Email, a.Spec.Email)
	})
	return deleted, len(deleted) > 0, err
}

func (k *Kind) restoreChosen(ctx context.Context, a *v1alpha1.Account, claim store.Claim, id string) (events.Event, error) {
	err := k.Session.Fenced().Restore(ctx, claim, id)
	if conflict := (*store.ConflictError)(nil); errors.As(err, &conflict) {
		return events.Event{}, whoseIsIt(claim, conflict)
	}
	if errors.Is(err, store.ErrNotFound) && a.Spec.RestoreAccountID == "" {
		return events.Event{}, nil // its recovery window ended meanwhile
	}
	return events.Normal("Adopted", "account "+id+" was brought back from its recovery window"), err
}

// restoration is which deleted account is to be brought back, if any.
type restoration struct {
	id      string             // empty: none
	foreign bool               // this object did not delete it, or them
	reason  v1alpha1.Reason    // why a user has to choose; empty: none has to
	among   []store.Restorable // then, what there is to choose from
}

// chooseRestored prefers what this object itself had, since whoever else makes and deletes an account of the address would take its
// place; and never guesses between two that may hold something. It is pure.
func chooseRestored(claim store.Claim, id string, deleted []store.Restorable) restoration {
	var own, used []store.Restorable
	for _, d := range deleted {
		if d.ID == id {
			return restoration{id: id, foreign: !sameObject(claim, d.Claim)}
		}
		if !sameObject(claim, d.Claim) {
			continue
		}
		if own = append(own, d); d.Used {
			used = append(used, d)
		}
	}
	from, foreign := own, false
	if len(own) == 0 {
		from, foreign = deleted, len(deleted) > 0
	}
	switch {
	case id != "":
		return restoration{foreign: foreign, reason: v1alpha1.ReasonRestoreNotFound, among: from}
	case len(from) == 0:
		return restoration{}
	case len(from) == 1:
		return restoration{id: from[0].ID, foreign: foreign}
	case len(used) == 1:
		return restoration{id: used[0].ID}
	default:
		return restoration{foreign: foreign, reason: v1alpha1.ReasonRestoreAmbiguous, among: from}
	}
}

func undecided(reason v1alpha1.Reason) error {
	if reason == v1alpha1.ReasonRestoreNotFound {
		return outcome.StalledBy(reason, "no deleted account of this address with the ID in spec.restoreAccountID can be restored; "+
			"name one of status.restoreCandidates, or leave spec.restoreAccountID out")
	}
	return outcome.StalledBy(reason, "several deleted accounts of this address can be restored; "+
		"name one of status.restoreCandidates in spec.restoreAccountID, or leave spec.adoption out for a new account")
}

func restoreCandidates(from []store.Restorable) []v1alpha1.RestoreCandidate {
	candidates := make([]v1alpha1.RestoreCandidate, len(from))
	for n, d := range from {
		deleted := metav1.NewTime(d.Deleted.Truncate(time.Second))
		candidates[n] = v1alpha1.RestoreCandidate{AccountID: d.ID, DeletedTime: &deleted, Use: v1alpha1.AccountUnused}
		if d.Used {
			candidates[n].Use = v1alpha1.AccountUsed
		}
	}
	return candidates
}
