package controller

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// Rehearsal is what would become of a cluster's objects on a copy of their store.
type Rehearsal struct {
	Kinds []RehearsedKind
	// Changed are accounts of which status tells something that their holder did and the copy does not have, or the other way round.
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
	accounts := &v1alpha1.AccountList{}
	for _, of := range []struct {
		kind store.Kind
		list client.ObjectList
	}{
		{store.KindAccount, accounts},
		{store.KindEnvVarSet, &v1alpha1.EnvVarSetList{}},
		{store.KindCloudConnection, &v1alpha1.CloudConnectionList{}},
	} {
		objects, err := served(ctx, live, of.list, class, namespaces)
		if err != nil {
			return r, err
		}
		k, err := rehearse(ctx, copied, of.kind, objects, namespaces)
		if err != nil {
			return r, err
		}
		r.Kinds = append(r.Kinds, k)
		if of.kind == store.KindAccount {
			if r.Changed, err = changedByHolders(ctx, copied, objects); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// served are the objects of a kind that a manager would serve, by UID.
func served(ctx context.Context, live client.Reader, list client.ObjectList, class string, namespaces []string) (map[string]object, error) {
	found := map[string]object{}
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	for _, namespace := range namespaces {
		if err := live.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return nil, fmt.Errorf("list the objects of the cluster: %w", err)
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
			if o := item.(object); o.Common().ClassName == class {
				found[string(o.GetUID())] = o.DeepCopyObject().(object)
			}
			return nil
		})
	}
	return found, nil
}

func rehearse(ctx context.Context, copied store.Reader, kind store.Kind, objects map[string]object, namespaces []string) (RehearsedKind, error) {
	k := RehearsedKind{Kind: kind}
	rows := map[string]bool{}
	err := eachPage(func(after string) (int, string, error) {
		page, err := copied.Claims(ctx, kind, after, claimsPage)
		last := ""
		for _, c := range page {
			rows[c.UID], last = true, c.UID
			if objects[c.UID] == nil && (len(namespaces) == 0 || slices.Contains(namespaces, c.Namespace)) {
				k.Orphans = append(k.Orphans, c.Namespace+"/"+c.Name)
			}
		}
		return len(page), last, err
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

// changedByHolders compares what status tells of what only the store knows.
func changedByHolders(ctx context.Context, copied store.Reader, objects map[string]object) (changed []string, err error) {
	err = eachPage(func(after string) (int, string, error) {
		page, err := copied.Accounts(ctx, after, claimsPage)
		last := ""
		for _, got := range page {
			last = got.Claim.UID
			if a, is := objects[got.Claim.UID].(*v1alpha1.Account); is && holderChanged(a, got) {
				changed = append(changed, a.Namespace+"/"+a.Name)
			}
		}
		return len(page), last, err
	})
	slices.Sort(changed)
	return changed, err
}

func holderChanged(a *v1alpha1.Account, got store.Account) bool {
	would := a.DeepCopy()
	accountView{}.report(would, got)
	factors := func(s *v1alpha1.TwoFactorStatus) v1alpha1.TwoFactorState {
		if s == nil {
			return ""
		}
		return s.State
	}
	return !a.Status.EmailVerifiedTime.Equal(would.Status.EmailVerifiedTime) ||
		factors(a.Status.TwoFactor) != factors(would.Status.TwoFactor)
}

// eachPage reads pages until one is not full. read gives how many rows it had, and the UID of the last.
func eachPage(read func(after string) (rows int, last string, err error)) error {
	for after := ""; ; {
		rows, last, err := read(after)
		if err != nil || rows < claimsPage {
			return err
		}
		after = last
	}
}
