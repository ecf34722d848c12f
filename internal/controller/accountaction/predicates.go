package accountaction

import (
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/account-operator/account-operator/internal/controller/statuswatch"
)

// Events lets pass an action that comes: its spec cannot be changed. The rest is as with lifecycle.Events.
func Events(statuses *statuswatch.Statuses) predicate.Predicate {
	return predicate.Funcs{
		CreateFunc: func(e event.CreateEvent) bool {
			statuses.Saw(e.Object)
			return true
		},
		UpdateFunc: func(e event.UpdateEvent) bool {
			statuses.Saw(e.ObjectNew)
			return false
		},
		DeleteFunc: func(e event.DeleteEvent) bool {
			statuses.Forget(e.Object.GetUID())
			return false
		},
	}
}
