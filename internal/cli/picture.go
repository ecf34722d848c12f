package cli

import (
	"context"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// picture is an account with all that belongs to it.
type picture struct {
	account     *v1alpha1.Account
	sets        []v1alpha1.EnvVarSet
	connections []v1alpha1.CloudConnection
	actions     []v1alpha1.AccountAction
	hidden      []kind // those that the caller may not list
}

// look reads it. Kinds that the caller may not list are left out and named, so that a help desk sees what it may.
func (s *session) look(ctx context.Context, name string) (*picture, error) {
	obj, err := s.get(ctx, account(name))
	if err != nil {
		return nil, err
	}
	p := &picture{account: obj.(*v1alpha1.Account)}
	var (
		sets        v1alpha1.EnvVarSetList
		connections v1alpha1.CloudConnectionList
		actions     v1alpha1.AccountActionList
	)
	for _, l := range []struct {
		kind kind
		list client.ObjectList
	}{{setKind, &sets}, {connectionKind, &connections}, {actionKind, &actions}} {
		err := s.api.List(ctx, l.list, client.InNamespace(s.namespace))
		if apierrors.IsForbidden(err) {
			p.hidden = append(p.hidden, l.kind)
			continue
		}
		if err != nil {
			return nil, s.explain(ctx, err, "list", target{kind: l.kind})
		}
	}
	p.sets = slices.DeleteFunc(sets.Items, func(e v1alpha1.EnvVarSet) bool { return e.AccountName() != name })
	p.connections = slices.DeleteFunc(connections.Items, func(c v1alpha1.CloudConnection) bool { return c.AccountName() != name })
	p.actions = slices.DeleteFunc(actions.Items, func(x v1alpha1.AccountAction) bool { return x.Spec.AccountRef.Name != name })
	slices.SortStableFunc(p.actions, func(a, b v1alpha1.AccountAction) int {
		return a.CreationTimestamp.Compare(b.CreationTimestamp.Time)
	})
	return p, nil
}

// objects are all of them, the account first.
func (p *picture) objects() []client.Object {
	all := []client.Object{p.account}
	for i := range p.sets {
		all = append(all, &p.sets[i])
	}
	for i := range p.connections {
		all = append(all, &p.connections[i])
	}
	for i := range p.actions {
		all = append(all, &p.actions[i])
	}
	return all
}

// rows are all of them in words, the account first. It is pure.
func (p *picture) rows(now time.Time) []row {
	rows := []row{objectRow(p.account, aboutAccount(p.account), now)}
	for i := range p.sets {
		rows = append(rows, objectRow(&p.sets[i], aboutSet(&p.sets[i], now), now))
	}
	for i := range p.connections {
		rows = append(rows, objectRow(&p.connections[i], aboutConnection(&p.connections[i]), now))
	}
	for i := range p.actions {
		rows = append(rows, actionRow(&p.actions[i], now))
	}
	return rows
}
