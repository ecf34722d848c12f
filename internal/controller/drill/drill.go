// Package drill rehearses a restore: what would become of a cluster's objects on a copy of their store.
package drill

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/account"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/store"
)

// Rehearsal is what would become of a cluster's objects on a copy of their store.
type Rehearsal struct {
	Kinds []RehearsedKind
	// Changed are accounts of which status shows something that their holder did and the copy does not have, or the other way round.
	Changed []string
}

// RehearsedKind is what would become of the objects of a kind. Objects are named as namespace/name.
type RehearsedKind struct {
	Kind    store.Kind
	Kept    int      // how many have their row in the copy
	Anew    []string // have none, so that one is made
	Orphans []string // claims of which the cluster has no object
}

// Rehearse compares the objects that a manager of the class serves with a copy of their store. It only reads.
func Rehearse(ctx context.Context, copied store.Reader, live client.Reader, class string, namespaces []string) (r Rehearsal, err error) {
	for _, of := range kinds.Claiming() {
		objects, err := served(ctx, live, of.NewList(), class, namespaces)
		if err != nil {
			return r, err
		}
		k, err := rehearse(ctx, copied, of.Name, objects, namespaces)
		if err != nil {
			return r, err
		}
		r.Kinds = append(r.Kinds, k)
		if of.Name == store.KindAccount {
			if r.Changed, err = changedByHolders(ctx, copied, objects); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// served are the objects of a kind that a manager would serve, by UID.
func served(ctx context.Context, live client.Reader, list client.ObjectList, class string, namespaces []string) (map[string]object.Object, error) {
	found := map[string]object.Object{}
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	for _, namespace := range namespaces {
		if err := live.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return nil, fmt.Errorf("list the objects of the cluster: %w", err)
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
			if o := item.(object.Object); o.Common().ClassName == class {
				found[string(o.GetUID())] = o.DeepCopyObject().(object.Object)
			}
			return nil
		})
	}
	return found, nil
}

func rehearse(ctx context.Context, copied store.Reader, kind store.Kind, objects map[string]object.Object, namespaces []string) (RehearsedKind, error) {
	k := RehearsedKind{Kind: kind}
	rows := map[string]bool{}
	err := store.EachClaim(ctx, copied, kind, func(c store.Claim) error {
		rows[c.UID] = true
		if objects[c.UID] == nil && (len(namespaces) == 0 || slices.Contains(namespaces, c.Namespace)) {
			k.Orphans = append(k.Orphans, c.Namespace+"/"+c.Name)
		}
		return nil
	})
	for uid, o := range objects {
		switch {
		case rows[uid]:
			k.Kept++
		case o.GetDeletionTimestamp().IsZero():
			k.Anew = append(k.Anew, o.GetNamespace()+"/"+o.GetName())
		}
	}
	slices.Sort(k.Anew)
	slices.Sort(k.Orphans)
	return k, err
}

// changedByHolders compares what status shows of what only the store knows.
func changedByHolders(ctx context.Context, copied store.Reader, objects map[string]object.Object) (changed []string, err error) {
	err = store.EachAccount(ctx, copied, func(got store.Account) error {
		if a, is := objects[got.Claim.UID].(*v1alpha1.Account); is && account.HolderChanged(a, got) {
			changed = append(changed, a.Namespace+"/"+a.Name)
		}
		return nil
	})
	slices.Sort(changed)
	return changed, err
}
