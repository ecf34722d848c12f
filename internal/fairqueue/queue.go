// Package fairqueue is the work queue of a controller in which namespaces take turns: thousands of objects of one, or slow ones, do
// not hold up those of another.
package fairqueue

import (
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// queue is client-go's work queue, with its metrics, deduplication and delays, in the order of a line.
type queue struct {
	workqueue.TypedRateLimitingInterface[reconcile.Request]
	limiter workqueue.TypedRateLimiter[reconcile.Request]
	line    *line
}

// New is the queue of the controller of that name, from which so many workers take.
func New(name string, limiter workqueue.TypedRateLimiter[reconcile.Request], workers int) priorityqueue.PriorityQueue[reconcile.Request] {
	ordered := newLine(share(workers))
	return &queue{
		limiter: limiter, line: ordered,
		TypedRateLimitingInterface: workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[reconcile.Request]{
			DelayingQueue: workqueue.NewTypedDelayingQueueWithConfig(workqueue.TypedDelayingQueueConfig[reconcile.Request]{
				Name:  name,
				Queue: workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[reconcile.Request]{Name: name, Queue: ordered}),
			}),
		}),
	}
}

// share is how many passes of one namespace there are at once. The other workers are kept for other namespaces, which would
// otherwise wait for the first slow pass to end.
func share(workers int) int { return max(1, workers-max(1, workers/4)) }

// AddWithOpts asks for passes. Of several priorities and times that are asked for while a request waits, the highest and the earliest hold.
func (q *queue) AddWithOpts(o priorityqueue.AddOpts, requests ...reconcile.Request) {
	for _, r := range requests {
		q.line.prefer(r, ptr.Deref(o.Priority, 0))
		after := o.After
		if o.RateLimited {
			if limited := q.limiter.When(r); after == 0 || limited < after {
				after = limited
			}
		}
		if after > 0 {
			q.TypedRateLimitingInterface.AddAfter(r, after)
		} else {
			q.TypedRateLimitingInterface.Add(r)
		}
	}
}
