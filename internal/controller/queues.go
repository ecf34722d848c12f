package controller

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

type queue = workqueue.TypedRateLimitingInterface[reconcile.Request]

// queues are the work queues of the kinds, so that the change feed reaches the right one.
type queues struct {
	mu sync.Mutex
	of map[store.Kind]queue
}

// source is what a kind's controller watches to get its queue known here.
func (q *queues) source(k store.Kind) source.Source {
	return source.Func(func(_ context.Context, w queue) error {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.of == nil {
			q.of = map[store.Kind]queue{}
		}
		q.of[k] = w
		return nil
	})
}

// add asks for a pass. Before a kind's controller has started there is nothing to do: its first list asks for all.
func (q *queues) add(k store.Kind, name types.NamespacedName) { q.addAfter(k, name, 0) }

// addAfter asks for a pass after a while, unless one is asked for earlier.
func (q *queues) addAfter(k store.Kind, name types.NamespacedName, after time.Duration) {
	q.mu.Lock()
	w := q.of[k]
	q.mu.Unlock()
	if w != nil {
		w.AddAfter(reconcile.Request{NamespacedName: name}, after)
	}
}
