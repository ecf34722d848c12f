package clusterview

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// RefersTo is the one field index: what an object refers to, as Account/alice, Secret/hf, ConfigMap/settings, and selector
// where it chooses Secrets by label.
const (
	RefersTo    = "refersTo"
	SelectorKey = "Selector"
)

// Indexers say what an object of each kind refers to.
var Indexers = map[store.Kind]client.IndexerFunc{
	store.KindAccount:         indexAccount,
	store.KindAccountAction:   indexAccountAction,
	store.KindEnvVarSet:       indexEnvVarSet,
	store.KindCloudConnection: indexCloudConnection,
	store.KindSSHKey:          indexPlain,
}

// AccountKey is what the index has of an object that refers to the Account of this name.
func AccountKey(name string) string { return "Account/" + name }

func indexEnvVarSet(obj client.Object) []string {
	s := obj.(*v1alpha1.EnvVarSet)
	refs, selects := source.Named(&s.Spec)
	keys := append(keysOf(refs), AccountKey(s.AccountName()))
	if s.Spec.AccountSelector != nil {
		keys[len(keys)-1] = accountSelectorKey
	}
	if selects {
		keys = append(keys, SelectorKey)
	}
	return keys
}

func indexCloudConnection(obj client.Object) []string {
	c := obj.(*v1alpha1.CloudConnection)
	ref, _ := source.CredentialKeys(&c.Spec)
	return []string{ref.String(), AccountKey(c.AccountName())}
}

// indexPlain is for kinds that refer to nothing but their Account.
func indexPlain(obj client.Object) []string {
	return []string{AccountKey(obj.(object.Child).AccountName())}
}

// indexAccount names the Account that gets the teams: when it becomes Ready, a deletion can go on.
func indexAccount(obj client.Object) []string {
	if to := obj.(*v1alpha1.Account).Spec.Deletion.TransferTeamsTo; to != nil {
		return []string{AccountKey(to.Name)}
	}
	return nil
}

// indexAccountAction leaves out what is over: nothing of its Account matters to it.
func indexAccountAction(obj client.Object) []string {
	if x := obj.(*v1alpha1.AccountAction); !x.Finished() {
		return []string{AccountKey(x.AccountName())}
	}
	return nil
}

func keysOf(refs []source.Ref) []string {
	keys := make([]string, len(refs))
	for i, ref := range refs {
		keys[i] = ref.String()
	}
	return keys
}

// Referrers maps an event of something to the objects of the list's kind that refer to it by this kind and its name.
func Referrers(cached client.Reader, list client.ObjectList, kind string) handler.MapFunc {
	return func(ctx context.Context, obj client.Object) []reconcile.Request {
		found := list.DeepCopyObject().(client.ObjectList)
		err := cached.List(ctx, found, client.InNamespace(obj.GetNamespace()),
			client.MatchingFields{RefersTo: kind + "/" + obj.GetName()}, client.UnsafeDisableDeepCopy)
		if err != nil {
			return nil // the cache cannot fail here: the index is there, and the kind is watched
		}
		return requestsFor(found)
	}
}

// Selecting maps an event of a Secret to the sets that choose it by its labels. It is asked for the Secret as it was and as
// it is, so that one that loses a label is noticed too.
func Selecting(cached client.Reader) handler.MapFunc {
	return func(ctx context.Context, secret client.Object) []reconcile.Request {
		var sets v1alpha1.EnvVarSetList
		err := cached.List(ctx, &sets, client.InNamespace(secret.GetNamespace()),
			client.MatchingFields{RefersTo: SelectorKey}, client.UnsafeDisableDeepCopy)
		if err != nil {
			return nil // as above
		}
		sets.Items = slices.DeleteFunc(sets.Items, func(s v1alpha1.EnvVarSet) bool {
			return !source.Selects(&s.Spec, secret.GetLabels())
		})
		return requestsFor(&sets)
	}
}

// InNamespace maps a namespace to the objects of the list's kind in it.
func InNamespace(cached client.Reader, list client.ObjectList) handler.MapFunc {
	return func(ctx context.Context, ns client.Object) []reconcile.Request {
		found := list.DeepCopyObject().(client.ObjectList)
		if err := cached.List(ctx, found, client.InNamespace(ns.GetName()), client.UnsafeDisableDeepCopy); err != nil {
			return nil // as above
		}
		return requestsFor(found)
	}
}

func requestsFor(list client.ObjectList) []reconcile.Request {
	var requests []reconcile.Request
	_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
		o := item.(client.Object)
		requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(o)})
		return nil
	})
	return requests
}
