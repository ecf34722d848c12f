package enqueue

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// changePriority is above that of what is new (0) and of what was there at the start (handler.LowPriority).
const changePriority = 10

// WithPriority enqueues, and lets what follows from a change go before what is new: a rotated Secret does not wait behind thousands of sets
// that were created at once, since the old value may be worth nothing by now.
func WithPriority(objects handler.MapFunc) handler.EventHandler {
	h := Mapped(objects)
	return handler.Funcs{
		CreateFunc: h.Create, DeleteFunc: h.Delete, GenericFunc: h.Generic,
		UpdateFunc: func(ctx context.Context, e event.TypedUpdateEvent[client.Object], q Queue) {
			if w, can := q.(priorityqueue.PriorityQueue[reconcile.Request]); can {
				q = priorityQueue{w}
			}
			h.Update(ctx, e, q)
		},
	}
}

// Mapped enqueues each object that an event is mapped to.
func Mapped(objects handler.MapFunc) handler.EventHandler {
	return handler.EnqueueRequestsFromMapFunc(objects)
}

// priorityQueue gives what is added without a priority that of WithPriority.
type priorityQueue struct {
	priorityqueue.PriorityQueue[reconcile.Request]
}

func (q priorityQueue) Add(r reconcile.Request) {
	q.AddWithOpts(priorityqueue.AddOpts{Priority: new(changePriority)}, r)
}
