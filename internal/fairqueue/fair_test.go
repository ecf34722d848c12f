package fairqueue

import (
	"maps"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

func TestQueue_WhateverIsAsked_KeepsItsWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := New("", limiter(), 4)
		defer q.ShutDown()
		h := &history{q: q.(*queue), asked: map[reconcile.Request]bool{}, running: map[reconcile.Request]bool{}, overtaken: map[string]map[string]int{}}
		t.Repeat(rapid.StateMachineActions(h))
		h.finish(t)
	})
}

// history is what was asked of a queue, beside a plain record of what must hold.
type history struct {
	q              *queue
	asked, running map[reconcile.Request]bool
	overtaken      map[string]map[string]int // of each namespace that may have a pass: how many others had since its last
}

var (
	anyNamespace = rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
	anyNumber    = rapid.IntRange(0, 9)
	anyPriority  = rapid.SampledFrom([]int{-100, 0, 0, 10})
)

func (h *history) Add(t *rapid.T) {
	r := request(anyNamespace.Draw(t, "namespace"), anyNumber.Draw(t, "number"))
	h.q.AddWithOpts(priorityqueue.AddOpts{Priority: new(anyPriority.Draw(t, "priority"))}, r)
	h.asked[r] = true
}

func (h *history) Take(t *rapid.T) {
	eligible := h.eligible()
	if len(eligible) == 0 {
		return // Get would wait
	}
	r, _, stopped := h.q.GetWithPriority()
	switch {
	case stopped:
		t.Fatal("shut down")
	case !h.asked[r]:
		t.Fatalf("%s is handed out, and nobody asked for it", r)
	case h.running[r]:
		t.Fatalf("%s is handed out twice at once", r)
	case !eligible[r.Namespace]:
		t.Fatalf("%s is handed out above the share of its namespace", r)
	}
	delete(h.asked, r)
	h.running[r] = true
	delete(h.overtaken, r.Namespace)
	for namespace := range eligible {
		if namespace != r.Namespace {
			h.overtook(t, namespace, r.Namespace)
		}
	}
}

func (h *history) overtook(t *rapid.T, waits, had string) {
	if h.overtaken[waits] == nil {
		h.overtaken[waits] = map[string]int{}
	}
	if h.overtaken[waits][had]++; h.overtaken[waits][had] > 2 {
		t.Fatalf("%s had %d passes while %s waited for one", had, h.overtaken[waits][had], waits)
	}
}

func (h *history) Done(t *rapid.T) {
	for r := range h.running {
		if rapid.Bool().Draw(t, "done "+r.String()) {
			h.done(r)
		}
	}
}

func (h *history) done(r reconcile.Request) {
	h.q.Done(r)
	delete(h.running, r)
}

// eligible are the namespaces that have something to do which nothing holds back.
func (h *history) eligible() map[string]bool {
	running, eligible := map[string]int{}, map[string]bool{}
	for r := range h.running {
		running[r.Namespace]++
	}
	for r := range h.asked {
		if !h.running[r] && running[r.Namespace] < h.q.line.share {
			eligible[r.Namespace] = true
		}
	}
	return eligible
}

// Check is called after each of the others.
func (h *history) Check(t *rapid.T) {
	eligible := h.eligible()
	if got, want := h.q.line.Len(), len(eligible); got != want {
		t.Fatalf("%d namespaces may have a pass, want %d", got, want)
	}
	maps.DeleteFunc(h.overtaken, func(namespace string, _ map[string]int) bool { return !eligible[namespace] })
}

// finish has all passes that were asked for, and then nothing is remembered.
func (h *history) finish(t *rapid.T) {
	for len(h.asked)+len(h.running) > 0 {
		before := len(h.asked) + len(h.running)
		h.Take(t)
		for r := range h.running {
			h.done(r)
		}
		if len(h.asked)+len(h.running) == before {
			t.Fatalf("lost: %v", h.asked)
		}
	}
	if l := h.q.line; len(l.entries)+len(l.running)+len(l.turns)+l.waiting != 0 || len(l.namespaces) > len(l.rested) {
		t.Fatalf("nothing waits, and the line still has %d entries, %d passes and %d namespaces", len(l.entries), len(l.running), len(l.namespaces))
	}
}
