package controller

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
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

// indexAccount names the Account that gets the teams: when it becomes Ready, a deletion can go on.
func indexAccount(obj client.Object) []string {
	if to := obj.(*v1alpha1.Account).Spec.Deletion.TransferTeamsTo; to != nil {
		return []string{accountKey(to.Name)}
	}
	return nil
}

// indexAccountAction leaves out what is over: nothing of its Account matters to it.
func indexAccountAction(obj client.Object) []string {
	if x := obj.(*v1alpha1.AccountAction); !finished(x) {
		return []string{accountKey(x.Spec.AccountRef.Name)}
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

// referrers maps an event of something to the objects of the list's kind that refer to it by this kind and its name.
func referrers(cached client.Reader, list client.ObjectList, kind string) handler.MapFunc {
	return func(ctx context.Context, obj client.Object) []reconcile.Request {
		found := list.DeepCopyObject().(client.ObjectList)
		err := cached.List(ctx, found, client.InNamespace(obj.GetNamespace()),
			client.MatchingFields{refersTo: kind + "/" + obj.GetName()}, client.UnsafeDisableDeepCopy)
		if err != nil {
			return nil // the cache cannot fail here: the index is there, and the kind is watched
		}
		return requestsFor(found)
	}
}

// selectors maps an event of a Secret to the sets that choose it by its labels. It is asked for the Secret as it was and as
// it is, so that one that loses a label is noticed too.
func selectors(cached client.Reader) handler.MapFunc {
	return func(ctx context.Context, secret client.Object) []reconcile.Request {
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
	}
}

// neighbours maps a namespace to the objects of the list's kind in it.
func neighbours(cached client.Reader, list client.ObjectList) handler.MapFunc {
	return func(ctx context.Context, ns client.Object) []reconcile.Request {
		found := list.DeepCopyObject().(client.ObjectList)
		if err := cached.List(ctx, found, client.InNamespace(ns.GetName()), client.UnsafeDisableDeepCopy); err != nil {
			return nil // as above
		}
		return requestsFor(found)
	}
}

// wakes has a pass made for each object that an event is mapped to.
func wakes(objects handler.MapFunc) handler.EventHandler {
	return handler.EnqueueRequestsFromMapFunc(objects)
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

// ownEvents lets pass what can change the outcome of a pass. Our own writes cannot: not status, not our finalizer when it
// comes, only when somebody takes it away. It hands on every state that is seen, so that a status of another client's is noticed,
// and what is deleted.
func ownEvents(seen func(client.Object), deleted func(event.DeleteEvent)) predicate.Predicate {
	return predicate.Funcs{
		CreateFunc: func(e event.CreateEvent) bool {
			seen(e.Object)
			return true
		},
		DeleteFunc: func(e event.DeleteEvent) bool {
			deleted(e)
			return true
		},
		UpdateFunc: func(e event.UpdateEvent) bool {
			before, after := e.ObjectOld, e.ObjectNew
			seen(after)
			return before.GetGeneration() != after.GetGeneration() || before.GetUID() != after.GetUID() ||
				instructions(before) != instructions(after) ||
				controllerutil.ContainsFinalizer(before, v1alpha1.Finalizer) && !controllerutil.ContainsFinalizer(after, v1alpha1.Finalizer)
		},
	}
}

// actionEvents lets pass an action that comes: its spec cannot be changed. The rest is as with ownEvents.
func actionEvents(statuses *reported) predicate.Predicate {
	return predicate.Funcs{
		CreateFunc: func(e event.CreateEvent) bool {
			statuses.saw(e.Object)
			return true
		},
		UpdateFunc: func(e event.UpdateEvent) bool {
			statuses.saw(e.ObjectNew)
			return false
		},
		DeleteFunc: func(e event.DeleteEvent) bool {
			statuses.forget(e.Object.GetUID())
			return false
		},
	}
}

// instructions are what the metadata of an object has for us: annotations, and who else decides over its end.
func instructions(obj client.Object) [4]string {
	a := obj.GetAnnotations()
	return [4]string{a[v1alpha1.RequestedAtAnnotation], a[v1alpha1.ForgetAnnotation], a[v1alpha1.AcceptStoreAnnotation], ownersOf(obj)}
}

// accountEvents lets pass what matters to what refers to an Account: it comes, goes, is another, or is no longer only observed.
// That its row was made or is gone is told by wakeDependants, since status may say the same all the while.
func accountEvents() predicate.Predicate {
	return predicate.Funcs{
		UpdateFunc: func(e event.UpdateEvent) bool {
			before, after := e.ObjectOld.(*v1alpha1.Account), e.ObjectNew.(*v1alpha1.Account)
			return before.UID != after.UID || before.Observes() != after.Observes()
		},
	}
}

// heirEvents lets pass what matters to an Account that hands its teams to another: that becomes ready or not, too.
func heirEvents() predicate.Predicate {
	return predicate.Or(accountEvents(), predicate.Funcs{
		CreateFunc: func(event.CreateEvent) bool { return false },
		DeleteFunc: func(event.DeleteEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			_, before := readyReason(e.ObjectOld.(*v1alpha1.Account))
			_, after := readyReason(e.ObjectNew.(*v1alpha1.Account))
			return before != after
		},
	})
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
