package fairqueue

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/test/await"
)

func TestQueue_ThousandsOfOneNamespace_AnotherHasEveryOtherTurn(t *testing.T) {
	q := newQueue(t, 1)
	for n := range 2000 {
		q.Add(request("large", n))
	}
	for n := range 10 {
		q.Add(request("small", n))
	}

	for position, taken := range order(q)[:20] {
		if want := map[bool]string{true: "large", false: "small"}[position%2 == 0]; taken != fmt.Sprintf("%s/%d", want, position/2) {
			t.Errorf("turn %d was that of %s", position, taken)
		}
	}
}

func TestQueue_Priorities_DecideWithinARoundAndANamespace(t *testing.T) {
	q := newQueue(t, 1)
	add := func(priority int, requests ...reconcile.Request) {
		q.AddWithOpts(priorityqueue.AddOpts{Priority: &priority}, requests...)
	}
	add(handler.LowPriority, request("a", 1), request("a", 2), request("b", 1), request("c", 1))
	add(0, request("a", 3), request("b", 2))
	add(10, request("c", 2), request("c", 3))
	add(10, request("a", 2)) // what waits already is raised
	add(0, request("a", 2))  // and not lowered

	// Of the same priority, the namespace goes first that has waited longer.
	want := []string{"a/2", "c/2", "b/2", "c/3", "a/3", "b/1", "c/1", "a/1"}
	if diff := cmp.Diff(want, order(q)); diff != "" {
		t.Errorf("taken in another order (-want +got):\n%s", diff)
	}
}

func TestQueue_NamespaceThatComesBackInARound_HasNoSecondTurn(t *testing.T) {
	q := newQueue(t, 1)
	prompt := priorityqueue.AddOpts{Priority: new(10)}
	q.AddWithOpts(prompt, request("greedy", 0))
	for n := range 3 {
		q.Add(request(fmt.Sprint("patient-", n), 0))
	}

	var taken []string
	for n := range 6 {
		r, _ := q.Get()
		taken = append(taken, r.Namespace)
		q.Done(r)
		if r.Namespace == "greedy" {
			q.AddWithOpts(prompt, request("greedy", n))
		}
	}

	want := []string{"greedy", "patient-0", "patient-1", "patient-2", "greedy", "greedy"}
	if diff := cmp.Diff(want, taken); diff != "" {
		t.Errorf("turns (-want +got):\n%s", diff)
	}
}

func TestQueue_SlowPassesOfOneNamespace_LeaveWorkersForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// given sixteen workers, and a namespace each of whose passes takes half a minute
		const slow = 30 * time.Second
		q := newQueue(t, 16)
		began, startedAt := time.Now(), sync.Map{}
		var workers sync.WaitGroup
		for range 16 {
			workers.Go(func() {
				for {
					r, stopped := q.Get()
					if stopped {
						return
					}
					startedAt.Store(r.String(), time.Since(began))
					if r.Namespace == "slow" {
						time.Sleep(slow) //nolint:forbidigo // the clock of the bubble
					}
					q.Done(r)
				}
			})
		}
		for n := range 100 {
			q.Add(request("slow", n))
		}
		synctest.Wait()

		// when another namespace has something to do
		time.Sleep(time.Second) //nolint:forbidigo // the clock of the bubble
		q.Add(request("quick", 0))
		synctest.Wait()

		// then it is done at once, and the slow ones all are in the time of their share
		if at, done := startedAt.Load("quick/0"); !done || at != time.Second {
			t.Errorf("the other namespace had its pass: %v, after %v", done, at)
		}
		time.Sleep(9 * slow) //nolint:forbidigo // the clock of the bubble
		for n := range 100 {
			if _, done := startedAt.Load(request("slow", n).String()); !done {
				t.Errorf("slow/%d was never looked at", n)
			}
		}
		q.ShutDown()
		await.End(t, workers.Wait)
	})
}

func TestQueue_Delays_EarliestAndHighestHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, 2)
		q.AddWithOpts(priorityqueue.AddOpts{After: time.Minute, Priority: new(-100)}, request("a", 1))
		q.AddWithOpts(priorityqueue.AddOpts{After: time.Hour, Priority: new(5)}, request("a", 1))
		q.AddWithOpts(priorityqueue.AddOpts{After: time.Hour, RateLimited: true}, request("a", 2)) // 50 ms, the first time

		began := time.Now()
		first, _, _ := q.GetWithPriority()
		if first != request("a", 2) || time.Since(began) != 50*time.Millisecond || q.NumRequeues(first) != 1 {
			t.Errorf("%s after %s, requeued %d times", first, time.Since(began), q.NumRequeues(first))
		}
		q.Done(first)
		second, priority, _ := q.GetWithPriority()
		if second != request("a", 1) || time.Since(began) != time.Minute || priority != 5 {
			t.Errorf("%s after %s with priority %d", second, time.Since(began), priority)
		}
		q.Done(second)
		q.ShutDown()
	})
}

func TestQueue_ShutDown_EndsEveryGetAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// given two workers that wait, and one that has the only pass that its namespace may have
		q := newQueue(t, 2)
		for n := range 100 {
			q.Add(request("a", n))
		}
		running, _ := q.Get()
		var waiting sync.WaitGroup
		for range 2 {
			waiting.Go(func() {
				if r, stopped := q.Get(); !stopped {
					t.Errorf("%s was handed out", r)
				}
			})
		}
		synctest.Wait()

		q.ShutDown()
		await.End(t, waiting.Wait)

		// then nothing more is handed out or taken, also once the pass has ended
		q.Done(running)
		q.Add(request("b", 1))
		if r, stopped := q.Get(); !stopped {
			t.Errorf("%s was handed out", r)
		}
	})
}
