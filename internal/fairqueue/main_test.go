package fairqueue

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func request(namespace string, n int) reconcile.Request {
	return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: namespace, Name: fmt.Sprint(n)}}
}

func limiter() workqueue.TypedRateLimiter[reconcile.Request] {
	return workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](50*time.Millisecond, 30*time.Second)
}

// newQueue has no name, and so no metrics.
func newQueue(t testing.TB, workers int) priorityqueue.PriorityQueue[reconcile.Request] {
	t.Helper()
	q := New("", limiter(), workers)
	t.Cleanup(q.ShutDown)
	return q
}

// order has one worker take what is ready.
func order(q priorityqueue.PriorityQueue[reconcile.Request]) (taken []string) {
	for q.Len() > 0 {
		r, _ := q.Get()
		taken = append(taken, r.String())
		q.Done(r)
	}
	return taken
}
