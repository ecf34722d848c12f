package clusterview

import (
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/status"
)

// AccountEvents lets pass what matters to what refers to an Account: it comes, goes, is another, or is no longer only observed.
// That its row was made or is gone is for lifecycle.Dependants, since status may say the same all the while.
func AccountEvents() predicate.Predicate {
	return predicate.Funcs{
		UpdateFunc: func(e event.UpdateEvent) bool {
			before, after := e.ObjectOld.(*v1alpha1.Account), e.ObjectNew.(*v1alpha1.Account)
			return before.UID != after.UID || before.Observes() != after.Observes()
		},
	}
}

// SelectedEvents lets pass what matters to sets that choose Accounts by label: the labels, too, and that status shows a row.
func SelectedEvents() predicate.Predicate {
	return predicate.Or(AccountEvents(), predicate.LabelChangedPredicate{}, predicate.Funcs{
		CreateFunc: func(event.CreateEvent) bool { return false },
		DeleteFunc: func(event.DeleteEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			return e.ObjectOld.(*v1alpha1.Account).Status.AccountID != e.ObjectNew.(*v1alpha1.Account).Status.AccountID
		},
	})
}

// ManagedEvents lets pass that an Account is no longer only observed.
func ManagedEvents() predicate.Predicate {
	return predicate.Funcs{
		CreateFunc: func(event.CreateEvent) bool { return false },
		DeleteFunc: func(event.DeleteEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			return e.ObjectOld.(*v1alpha1.Account).Observes() && !e.ObjectNew.(*v1alpha1.Account).Observes()
		},
	}
}

// HeirEvents lets pass what matters to an Account that hands its teams to another: that becomes ready or not, too.
func HeirEvents() predicate.Predicate {
	return predicate.Or(AccountEvents(), predicate.Funcs{
		CreateFunc: func(event.CreateEvent) bool { return false },
		DeleteFunc: func(event.DeleteEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			_, before := status.ReadyReason(e.ObjectOld.(*v1alpha1.Account))
			_, after := status.ReadyReason(e.ObjectNew.(*v1alpha1.Account))
			return before != after
		},
	})
}

// AdoptionEvents lets pass that an administrator vouches for a namespace, which may free what stands in the way of a
// restored object.
func AdoptionEvents() predicate.Predicate {
	return predicate.Funcs{
		CreateFunc:  func(event.CreateEvent) bool { return false },
		DeleteFunc:  func(event.DeleteEvent) bool { return false },
		GenericFunc: func(event.GenericEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			return e.ObjectOld.GetLabels()[AllowAdoption] != e.ObjectNew.GetLabels()[AllowAdoption]
		},
	}
}
