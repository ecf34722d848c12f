package fairqueue

import (
	"time"

	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

func (q *queue) Add(r reconcile.Request) { q.AddWithOpts(priorityqueue.AddOpts{}, r) }

func (q *queue) AddAfter(r reconcile.Request, after time.Duration) {
	q.AddWithOpts(priorityqueue.AddOpts{After: after}, r)
}

func (q *queue) AddRateLimited(r reconcile.Request) {
	q.AddWithOpts(priorityqueue.AddOpts{RateLimited: true}, r)
}

func (q *queue) Get() (reconcile.Request, bool) {
	r, _, shutdown := q.GetWithPriority()
	return r, shutdown
}

func (q *queue) GetWithPriority() (_ reconcile.Request, priority int, shutdown bool) {
	r, shutdown := q.TypedRateLimitingInterface.Get()
	if shutdown {
		return r, 0, true
	}
	return r, q.line.priority(r), false
}

// Done wakes no other worker for a pass that its namespace may have instead: the one that is done takes it next.
func (q *queue) Done(r reconcile.Request) {
	q.line.done(r)
	q.TypedRateLimitingInterface.Done(r)
}

// Len is how many requests are ready, those of a namespace that has its share included.
func (q *queue) Len() int { return q.line.ready() }

// ShutDown ends every Get at once. client-go's own would hand out what is still there, to passes whose context has ended.
func (q *queue) ShutDown() {
	q.line.close()
	q.TypedRateLimitingInterface.ShutDown()
}

func (q *queue) ShutDownWithDrain() { q.ShutDown() }
