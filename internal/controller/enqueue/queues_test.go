package enqueue

import (
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/internal/store"
)

// Given controllers of two kinds, then what is added for one reaches its queue, when it is time; what was added before they started
// reaches none.
func TestQueues_Add_ReachesTheQueueOfTheKind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queues, started := &Queues{}, map[store.Kind]Queue{}
		queues.Add(store.KindAccount, types.NamespacedName{Name: "early"})
		for _, kind := range []store.Kind{store.KindAccount, store.KindEnvVarSet} {
			q := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[reconcile.Request]())
			defer q.ShutDown()
			if err := queues.Source(kind).Start(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			started[kind] = q
		}

		queues.Add(store.KindAccount, types.NamespacedName{Name: "alice"})
		queues.AddAfter(store.KindEnvVarSet, types.NamespacedName{Name: "tokens"}, time.Minute)

		if got, _ := started[store.KindAccount].Get(); got.Name != "alice" {
			t.Errorf("the account's queue has %q", got.Name)
		}
		if n := started[store.KindEnvVarSet].Len(); n != 0 {
			t.Errorf("the set's queue has %d before it is time", n)
		}
		if got, _ := started[store.KindEnvVarSet].Get(); got.Name != "tokens" {
			t.Errorf("the set's queue has %q", got.Name)
		}
	})
}
