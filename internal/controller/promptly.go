package controller

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// promptPriority is above that of what is new (0) and of what was there at the start (handler.LowPriority).
const promptPriority = 10

// promptly wakes, and lets what follows from a change go before what is new: a rotated Secret does not wait behind thousands of sets
// that were created at once, since the old value may be worth nothing by now.
func promptly(objects handler.MapFunc) handler.EventHandler {
	h := wakes(objects)
	return handler.Funcs{
		CreateFunc: h.Create, DeleteFunc: h.Delete, GenericFunc: h.Generic,
		UpdateFunc: func(ctx context.Context, e event.TypedUpdateEvent[client.Object], q queue) {
			if w, can := q.(priorityqueue.PriorityQueue[reconcile.Request]); can {
				q = promptQueue{w}
			}
			h.Update(ctx, e, q)
		},
	}
}

// promptQueue gives what is added without a priority that of promptly.
type promptQueue struct {
	priorityqueue.PriorityQueue[reconcile.Request]
}

func (q promptQueue) Add(r reconcile.Request) {
	q.AddWithOpts(priorityqueue.AddOpts{Priority: new(promptPriority)}, r)
}
