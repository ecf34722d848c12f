package statuswatch

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// Given a status in the memory of a manager that leads, when the watch brings states in any order around its own write, then only
// one of another client enqueues the object.
func TestReported_StatesInAnyOrder_OnlyAnotherClientsEnqueues(t *testing.T) {
	at := func(version, reason string) *v1alpha1.Account {
		a := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{UID: "1", Namespace: "team", Name: "alice", ResourceVersion: version}}
		a.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Reason: reason}}
		return a
	}
	labelled := at("12", "ours")
	labelled.Labels = map[string]string{"a": "b"}
	labelled.Status.Conditions = append(labelled.Status.Conditions, metav1.Condition{Type: "Theirs"})
	for name, c := range map[string]struct {
		during, after []*v1alpha1.Account // the write gives version 10
		want          bool
	}{
		"our own write, seen before its answer": {during: []*v1alpha1.Account{at("10", "ours")}},
		"our own write, seen after its answer":  {after: []*v1alpha1.Account{at("10", "ours")}},
		"a state before it that comes late":     {after: []*v1alpha1.Account{at("9", "before"), at("10", "ours")}},
		"another field and another's condition": {after: []*v1alpha1.Account{at("10", "ours"), labelled}},
		"another's before the answer":           {during: []*v1alpha1.Account{at("10", "ours"), at("11", "theirs")}, want: true},
		"another's after the answer":            {after: []*v1alpha1.Account{at("10", "ours"), at("11", "theirs")}, want: true},
		"another's that hides our own write":    {after: []*v1alpha1.Account{at("11", "theirs")}, want: true},
		"another's before ours, and then none":  {during: []*v1alpha1.Account{at("9", "theirs"), at("10", "ours")}},
	} {
		t.Run(name, func(t *testing.T) {
			q := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[reconcile.Request]())
			defer q.ShutDown()
			enqueues := &enqueue.Queues{}
			if err := enqueues.Source(store.KindAccount).Start(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			r := New(Options{Lead: leads{}, Tracker: syncstate.New(), Queues: enqueues, Mended: func(store.Kind) {}}, store.KindAccount)
			r.Saw(at("1", "first"))

			r.begin("1")
			for _, a := range c.during {
				r.Saw(a)
			}
			r.end(at("10", "ours"), nil)
			for _, a := range c.after {
				r.Saw(a)
			}

			if got := q.Len() == 1; got != c.want {
				t.Errorf("enqueued: %t", got)
			}
			now := at("13", "theirs")
			if restored := r.Restore(now); !restored || now.Status.Conditions[0].Reason != "ours" {
				t.Errorf("restored: %t, %v", restored, now.Status.Conditions)
			}
			r.Forget(types.UID("1"))
			if r.Restore(at("14", "theirs")) {
				t.Error("what is forgotten is remembered")
			}
		})
	}
}

// Given a client that writes a status again as soon as it is corrected, then the pauses grow up to five minutes; after ten quiet
// minutes the next one is corrected at once.
func TestStatuses_OverwrittenForEver_AreCorrectedEverMoreSeldom(t *testing.T) {
	e, now, total := &entry{}, time.Unix(0, 0), time.Duration(0)
	if p := e.pause(now); p != 0 {
		t.Errorf("the first is corrected after %s", p)
	}
	mends := 0
	for total < 24*time.Hour {
		p := e.pause(now)
		if again := e.pause(now.Add(p / 2)); again > p-p/2 {
			t.Errorf("a second write in a pause of %s makes it longer: %s", p, again)
		}
		now, total, mends = now.Add(p), total+p, mends+1
	}
	if want := 24*12 + 9; mends > want {
		t.Errorf("%d mends a day, want at most %d", mends, want)
	}
	if p := e.pause(now.Add(mendsForgotten + time.Second)); p != 0 {
		t.Errorf("after a long rest it is corrected after %s", p)
	}
}

// leads is a manager that leads a store, of which nothing else is asked.
type leads struct{ leadership }

func (leads) Begun() bool { return true }
