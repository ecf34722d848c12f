package cli

import (
	"context"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/kinds"
)

// picture is an account with all that belongs to it.
type picture struct {
	account    *v1alpha1.Account
	belongings []belonging  // in the order of their kinds
	hidden     []kinds.Kind // those that the caller may not list
}

// belonging is an object of a kind that belongs to an Account.
type belonging interface {
	client.Object
	AccountName() string
}

// look reads it. Kinds that the caller may not list are left out and named, so that a help desk sees what it may.
func (s *session) look(ctx context.Context, name string) (*picture, error) {
	obj, err := s.get(ctx, account(name))
	if err != nil {
		return nil, err
	}
	p := &picture{account: obj.(*v1alpha1.Account)}
	for _, k := range kinds.OfAccount() {
		list := k.NewList()
		err := s.api.List(ctx, list, client.InNamespace(s.namespace))
		if apierrors.IsForbidden(err) {
			p.hidden = append(p.hidden, k)
			continue
		}
		if err != nil {
			return nil, s.explain(ctx, err, "list", target{kind: k})
		}
		found := belongings(list, p.account)
		if !k.Claims { // actions, in the order in which they were asked for
			slices.SortStableFunc(found, func(a, b belonging) int {
				return a.GetCreationTimestamp().Compare(b.GetCreationTimestamp().Time)
			})
		}
		p.belongings = append(p.belongings, found...)
	}
	return p, nil
}

// belongings are those objects of a list that belong to the Account, by its name or by its labels.
func belongings(list client.ObjectList, account *v1alpha1.Account) (found []belonging) {
	_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
		b := item.(belonging)
		if set, is := b.(*v1alpha1.EnvVarSet); is && set.IsFor(account) || !is && b.AccountName() == account.Name {
			found = append(found, b)
		}
		return nil
	})
	return found
}

// selects reports whether it chooses its Accounts by label.
func selects(b belonging) bool {
	set, is := b.(*v1alpha1.EnvVarSet)
	return is && set.Spec.AccountSelector != nil
}

// objects are all of them, the account first.
func (p *picture) objects() []client.Object {
	all := []client.Object{p.account}
	for _, b := range p.belongings {
		all = append(all, b)
	}
	return all
}

// rows are all of them in words, the account first. It is pure.
func (p *picture) rows(now time.Time) (rows []row) {
	for _, obj := range p.objects() {
		rows = append(rows, newRow(obj, now))
	}
	return rows
}
