package envvarset

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// unconfirmedRemovals is how many accounts lose a set at once without a user having confirmed it.
const unconfirmedRemovals = 10

// remove takes the variables out of accounts that the set does not match. Not to see an Account is no reason: after a cluster was
// restored, sets may be there before Accounts. So each is read live, and has to exist and not to match; what an Account that is gone had
// goes with its own deletion, or as an orphan.
func (p *many) remove(ctx context.Context, left []store.Pair) error {
	left = slices.DeleteFunc(left, func(pair store.Pair) bool { return !p.isThere(ctx, p.Reader.Cached, pair) })
	if len(left) > unconfirmedRemovals && p.set.Annotations[v1alpha1.ConfirmRemovalAnnotation] != strconv.Itoa(len(left)) {
		p.result.unconfirmed = len(left)
		return nil
	}
	if len(left) == 0 {
		return nil
	}
	if err := p.Reader.Unchanged(ctx, p.set); err != nil {
		return err
	}
	for batch := range slices.Chunk(left, store.MaxPairs) {
		if err := p.removeBatch(ctx, batch); err != nil {
			return err
		}
	}
	if p.outdated {
		return clusterview.Outdated(p.set)
	}
	return nil
}

// isThere reports whether the very Account of a pair is there, managed, and does not match.
func (p *many) isThere(ctx context.Context, in client.Reader, pair store.Pair) bool {
	unmatched, err := p.isUnmatched(ctx, in, pair)
	return unmatched && err == nil
}

func (p *many) isUnmatched(ctx context.Context, in client.Reader, pair store.Pair) (bool, error) {
	if c := pair.Account; c.Cluster != p.owner.Cluster || c.Namespace != p.owner.Namespace {
		return false, nil // nobody's, or one that this set could not match
	}
	var a v1alpha1.Account
	err := in.Get(ctx, types.NamespacedName{Namespace: pair.Account.Namespace, Name: pair.Account.Name}, &a)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, outcome.FromAPI(fmt.Errorf("read Account: %w", err))
	}
	if string(a.UID) != pair.Account.UID || p.selector.IsFor(&a) {
		return false, nil
	}
	p.result.observed = p.result.observed || a.Observes()
	return !a.Observes(), nil
}

func (p *many) removeBatch(ctx context.Context, batch []store.Pair) error {
	accounts, err := p.unmatched(ctx, batch)
	if err != nil || len(accounts) == 0 {
		return err
	}
	err = p.removeFrom(ctx, accounts)
	if err == nil || ends(ctx, err) || len(accounts) == 1 {
		return err
	}
	for _, account := range accounts {
		if err := p.removeFrom(ctx, []store.Claim{account}); err != nil {
			return err
		}
	}
	return nil
}

// unmatched are those that do not match by what the API server itself says.
func (p *many) unmatched(ctx context.Context, batch []store.Pair) (accounts []store.Claim, err error) {
	for _, pair := range batch {
		unmatched, err := p.isUnmatched(ctx, p.Reader.Live, pair)
		if err != nil {
			return nil, err
		}
		if unmatched {
			accounts = append(accounts, pair.Account)
		}
	}
	p.outdated = p.outdated || len(accounts) < len(batch)
	return accounts, nil
}

func (p *many) removeFrom(ctx context.Context, accounts []store.Claim) error {
	op := store.EnvVarDelete
	if p.set.Spec.Retains() {
		op = store.EnvVarRelease
	}
	p.wrote = true
	changed := map[store.Claim]bool{}
	_, err := p.Session.Fenced().SyncPairs(ctx, p.owner, accounts, nil, func(pair store.Pair, have []store.EnvVar) store.EnvVarPlan {
		gone := store.EnvVarPlan{Forget: true}
		for _, v := range have {
			if v.Owner == p.owner {
				gone.Changes = append(gone.Changes, store.EnvVarChange{Op: op, Name: v.Name})
				changed[pair.Account] = true
			}
		}
		return gone
	})
	for account := range changed { // an error may be that only the answer was lost
		p.Counts.Refresh(account)
		p.result.wrote = true
	}
	return err
}
