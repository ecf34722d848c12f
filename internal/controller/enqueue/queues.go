// Package enqueue adds requests to the work queues of the kinds.
package enqueue

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/account-operator/account-operator/internal/store"
)

// Queue is the work queue of a kind.
type Queue = workqueue.TypedRateLimitingInterface[reconcile.Request]

// Queues are the work queues of the kinds, so that the change feed reaches the right one.
type Queues struct {
	mu sync.Mutex
	of map[store.Kind]Queue
}

// Source is what a kind's controller watches to get its queue known here.
func (q *Queues) Source(k store.Kind) source.Source {
	return source.Func(func(_ context.Context, w Queue) error {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.of == nil {
			q.of = map[store.Kind]Queue{}
		}
		q.of[k] = w
		return nil
	})
}

// Add enqueues an object. Before a kind's controller has started there is nothing to do: its first list enqueues all.
func (q *Queues) Add(k store.Kind, name types.NamespacedName) { q.AddAfter(k, name, 0) }

// AddAfter enqueues after a while, unless the object is due earlier.
func (q *Queues) AddAfter(k store.Kind, name types.NamespacedName, after time.Duration) {
	q.mu.Lock()
	w := q.of[k]
	q.mu.Unlock()
	if w != nil {
		w.AddAfter(reconcile.Request{NamespacedName: name}, after)
	}
}
