package controller

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
)

// refersTo is the one field index: what an object refers to, as Account/alice, Secret/hf, ConfigMap/settings, and selector
// where it chooses Secrets by label.
const (
	refersTo = "refersTo"
	selector = "Selector"
)

func accountKey(name string) string { return "Account/" + name }

func indexEnvVarSet(obj client.Object) []string {
	s := obj.(*v1alpha1.EnvVarSet)
	refs, selects := source.Named(&s.Spec)
	keys := append(keysOf(refs), accountKey(s.AccountName()))
	if selects {
		keys = append(keys, selector)
	}
	return keys
}

func indexCloudConnection(obj client.Object) []string {
	c := obj.(*v1alpha1.CloudConnection)
	ref, _ := source.CredentialKeys(&c.Spec)
	return []string{ref.String(), accountKey(c.AccountName())}
}

func keysOf(refs []source.Ref) []string {
	keys := make([]string, len(refs))
	for i, ref := range refs {
		keys[i] = ref.String()
	}
	return keys
}

// referrers maps an event of something to the objects of the list's kind that refer to it by this kind and its name.
func referrers(cached client.Reader, list client.ObjectList, kind string) handler.EventHandler {
	return handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, obj client.Object) []reconcile.Request {
		found := list.DeepCopyObject().(client.ObjectList)
		err := cached.List(ctx, found, client.InNamespace(obj.GetNamespace()),
			client.MatchingFields{refersTo: kind + "/" + obj.GetName()}, client.UnsafeDisableDeepCopy)
		if err != nil {
			return nil // the cache cannot fail here: the index is there, and the kind is watched
		}
		return requestsFor(found)
	})
}

// selectors maps an event of a Secret to the sets that choose it by its labels. It is asked for the Secret as it was and as
// it is, so that one that loses a label is noticed too.
func selectors(cached client.Reader) handler.EventHandler {
	return handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, secret client.Object) []reconcile.Request {
		var sets v1alpha1.EnvVarSetList
		err := cached.List(ctx, &sets, client.InNamespace(secret.GetNamespace()),
			client.MatchingFields{refersTo: selector}, client.UnsafeDisableDeepCopy)
		if err != nil {
			return nil // as above
		}
		sets.Items = slices.DeleteFunc(sets.Items, func(s v1alpha1.EnvVarSet) bool {
			return !source.Selects(&s.Spec, secret.GetLabels())
		})
		return requestsFor(&sets)
	})
}

// neighbours maps a namespace to the objects of the list's kind in it.
func neighbours(cached client.Reader, list client.ObjectList) handler.EventHandler {
	return handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, ns client.Object) []reconcile.Request {
		found := list.DeepCopyObject().(client.ObjectList)
		if err := cached.List(ctx, found, client.InNamespace(ns.GetName()), client.UnsafeDisableDeepCopy); err != nil {
			return nil // as above
		}
		return requestsFor(found)
	})
}

func requestsFor(list client.ObjectList) []reconcile.Request {
	var requests []reconcile.Request
	add := func(o metav1.Object) {
		requests = append(requests, reconcile.Request{
			NamespacedName: types.NamespacedName{Namespace: o.GetNamespace(), Name: o.GetName()},
		})
	}
	switch l := list.(type) {
	case *v1alpha1.AccountList:
		for i := range l.Items {
			add(&l.Items[i])
		}
	case *v1alpha1.EnvVarSetList:
		for i := range l.Items {
			add(&l.Items[i])
		}
	case *v1alpha1.CloudConnectionList:
		for i := range l.Items {
			add(&l.Items[i])
		}
	}
	return requests
}

// ownEvents lets pass what can change the outcome of a pass. Our own writes cannot: not status, not our finalizer when it
// comes, only when somebody takes it away.
func ownEvents() predicate.Predicate {
	return predicate.Funcs{
		UpdateFunc: func(e event.UpdateEvent) bool {
			before, after := e.ObjectOld, e.ObjectNew
			return before.GetGeneration() != after.GetGeneration() || before.GetUID() != after.GetUID() ||
				controllerutil.ContainsFinalizer(before, v1alpha1.Finalizer) && !controllerutil.ContainsFinalizer(after, v1alpha1.Finalizer)
		},
	}
}

// accountEvents lets pass what matters to an Account's children: it comes, goes, becomes ready or not, or is another.
func accountEvents() predicate.Predicate {
	return predicate.Funcs{
		UpdateFunc: func(e event.UpdateEvent) bool {
			before, after := e.ObjectOld.(*v1alpha1.Account), e.ObjectNew.(*v1alpha1.Account)
			_, readyBefore := readyReason(before)
			_, readyAfter := readyReason(after)
			return before.UID != after.UID || readyBefore != readyAfter
		},
	}
}

// adoptionEvents lets pass that an administrator vouches for a namespace, which may free what stands in the way of a
// restored object.
func adoptionEvents() predicate.Predicate {
	return predicate.Funcs{
		CreateFunc:  func(event.CreateEvent) bool { return false },
		DeleteFunc:  func(event.DeleteEvent) bool { return false },
		GenericFunc: func(event.GenericEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			return e.ObjectOld.GetLabels()[allowAdoption] != e.ObjectNew.GetLabels()[allowAdoption]
		},
	}
}
