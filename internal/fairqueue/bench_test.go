package fairqueue

import (
	"fmt"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// BenchmarkQueue is what one pass costs the queue, beside that of controller-runtime: 2,000 requests are added, taken and done.
func BenchmarkQueue(b *testing.B) {
	const requests = 2000
	for _, made := range []struct {
		name string
		new  func() priorityqueue.PriorityQueue[reconcile.Request]
	}{
		{"fair", func() priorityqueue.PriorityQueue[reconcile.Request] { return New("", limiter(), 16) }},
		{"bare", func() priorityqueue.PriorityQueue[reconcile.Request] { return priorityqueue.New[reconcile.Request]("") }},
	} {
		for _, namespaces := range []int{1, 100, 2000} {
			all := make([]reconcile.Request, requests)
			for n := range all {
				all[n] = request(fmt.Sprint("namespace-", n%namespaces), n)
			}
			b.Run(fmt.Sprintf("%s/namespaces=%d", made.name, namespaces), func(b *testing.B) {
				q := made.new()
				defer q.ShutDown()
				b.ReportAllocs()
				for n := 0; n < b.N; n += requests {
					q.AddWithOpts(priorityqueue.AddOpts{}, all...)
					for range all {
						r, _, _ := q.GetWithPriority()
						q.Done(r)
					}
				}
			})
		}
	}
}
