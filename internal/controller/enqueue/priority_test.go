package enqueue

import (
	"context"
	"strconv"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/internal/fairqueue"
)

func TestPriority_RotatedSecret_GoesBeforeNewObjects(t *testing.T) {
	request := func(name string) reconcile.Request {
		return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "ns", Name: name}}
	}
	secret := func(version string) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "hf", ResourceVersion: version}}
	}
	takesIt := WithPriority(func(_ context.Context, o client.Object) []reconcile.Request {
		return []reconcile.Request{request("takes-" + o.GetName())}
	})
	for name, c := range map[string]struct {
		enqueue func(priorityqueue.PriorityQueue[reconcile.Request])
		want    string // the set that is next
	}{
		"a Secret changed": {func(q priorityqueue.PriorityQueue[reconcile.Request]) {
			takesIt.Update(t.Context(), event.UpdateEvent{ObjectOld: secret("1"), ObjectNew: secret("2")}, q)
		}, "takes-hf"},
		"a Secret was only listed again": {func(q priorityqueue.PriorityQueue[reconcile.Request]) {
			takesIt.Update(t.Context(), event.UpdateEvent{ObjectOld: secret("2"), ObjectNew: secret("2")}, q)
		}, "new-0"},
		"a Secret is new": {func(q priorityqueue.PriorityQueue[reconcile.Request]) {
			takesIt.Create(t.Context(), event.CreateEvent{Object: secret("1")}, q)
		}, "new-0"},
	} {
		t.Run(name, func(t *testing.T) {
			// given a thousand sets that were just created
			q := fairqueue.New("test", workqueue.DefaultTypedControllerRateLimiter[reconcile.Request](), 4)
			t.Cleanup(q.ShutDown)
			for n := range 1000 {
				q.Add(request("new-" + strconv.Itoa(n)))
			}

			c.enqueue(q)

			if next, _, _ := q.GetWithPriority(); next.Name != c.want {
				t.Errorf("next is %s", next.Name)
			}
		})
	}
}
