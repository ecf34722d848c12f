package lifecycle

import (
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

// Events lets pass what can change the outcome of a reconcile. Our own writes cannot: not status, not our finalizer when it
// comes, only when another client takes it away. It hands on every state that is seen, so that a status of another client's is noticed,
// and what is deleted.
func Events(seen func(client.Object), deleted func(event.DeleteEvent)) predicate.Predicate {
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

// instructions are what the metadata of an object has for us: annotations, and who else decides over its end.
func instructions(obj client.Object) [6]string {
	a := obj.GetAnnotations()
	return [6]string{a[v1alpha1.RequestedAtAnnotation], a[v1alpha1.ForgetAnnotation], a[v1alpha1.AcceptStoreAnnotation],
		a[v1alpha1.ConfirmRemovalAnnotation], a[v1alpha1.ReplaceEmailAnnotation], object.OwnersOf(obj)}
}
