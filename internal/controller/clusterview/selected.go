package clusterview

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
)

// accountSelectorKey is what the index has of a set that chooses its Accounts by label.
const accountSelectorKey = "AccountSelector"

// Selector is a set's accountSelector.
type Selector struct {
	labels.Selector

	in, of string // namespace and class
}

// SelectorOf compiles it.
func SelectorOf(s *v1alpha1.EnvVarSet) (Selector, error) {
	compiled, err := s.Spec.AccountSelector.Compile()
	if err != nil {
		return Selector{}, outcome.StalledBy(v1alpha1.ReasonInvalid, "spec.accountSelector is not a selector of labels; write the labels as Accounts have them")
	}
	return Selector{compiled, s.Namespace, s.Spec.ClassName}, nil
}

// IsFor reports whether the set is for the Account.
func (s Selector) IsFor(a *v1alpha1.Account) bool {
	return a.Namespace == s.in && a.Spec.ClassName == s.of && s.Matches(labels.Set(v1alpha1.SelectableLabels(a.Labels)))
}

// Selected are the Accounts that a set is for, by name, as the cache has them: not to be changed.
func (w *Reader) Selected(ctx context.Context, selector Selector) ([]*v1alpha1.Account, error) {
	var all v1alpha1.AccountList
	if err := w.Cached.List(ctx, &all, client.InNamespace(selector.in), client.UnsafeDisableDeepCopy); err != nil {
		return nil, outcome.FromAPI(fmt.Errorf("list Accounts: %w", err))
	}
	var matched []*v1alpha1.Account
	for i := range all.Items {
		if selector.IsFor(&all.Items[i]) {
			matched = append(matched, &all.Items[i])
		}
	}
	slices.SortFunc(matched, func(a, b *v1alpha1.Account) int { return strings.Compare(a.Name, b.Name) })
	return matched, nil
}

// SetsSelecting are the sets that choose an Account by the labels that it has here.
func SetsSelecting(ctx context.Context, cached client.Reader, a *v1alpha1.Account) []*v1alpha1.EnvVarSet {
	var selecting []*v1alpha1.EnvVarSet
	sets := setsThatSelect(ctx, cached, a.Namespace)
	for i := range sets.Items {
		if sets.Items[i].IsFor(a) {
			selecting = append(selecting, &sets.Items[i])
		}
	}
	return selecting
}

// setsThatSelect are all of a namespace that choose Accounts by label.
func setsThatSelect(ctx context.Context, cached client.Reader, namespace string) *v1alpha1.EnvVarSetList {
	sets := &v1alpha1.EnvVarSetList{}
	// The cache cannot fail here: the index is there, and the kind is watched.
	_ = cached.List(ctx, sets, client.InNamespace(namespace), client.MatchingFields{RefersTo: accountSelectorKey}, client.UnsafeDisableDeepCopy)
	return sets
}

// SelectingAccount maps an event of an Account to those sets. It is asked for the Account as it was and as it is.
func SelectingAccount(cached client.Reader) handler.MapFunc {
	return func(ctx context.Context, account client.Object) []reconcile.Request {
		var requests []reconcile.Request
		for _, set := range SetsSelecting(ctx, cached, account.(*v1alpha1.Account)) {
			requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(set)})
		}
		return requests
	}
}

// SelectingAny maps an event of an Account to all sets that choose any: one that does not choose this one may have been waiting to take
// its variables from it.
func SelectingAny(cached client.Reader) handler.MapFunc {
	return func(ctx context.Context, account client.Object) []reconcile.Request {
		return requestsFor(setsThatSelect(ctx, cached, account.GetNamespace()))
	}
}
