package probe

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// order takes and finishes one request after the other.
func order(q *queue) []string {
	var ids []string
	for r := q.take(); r != nil; r = q.take() {
		ids = append(ids, r.ID)
		q.done(r)
	}
	return ids
}

func TestQueue_NamespacesAndHosts_TakeTurns(t *testing.T) {
	q := newQueue(Shares{Total: 9, Namespace: 9, Host: 9})
	for i := range 3 {
		q.add(Request{ID: fmt.Sprintf("a%d", i), Namespace: "a", Host: "slow"})
	}
	q.add(Request{ID: "a-other", Namespace: "a", Host: "other"})
	q.add(Request{ID: "b0", Namespace: "b", Host: "slow"})

	if diff := cmp.Diff([]string{"a0", "b0", "a-other", "a1", "a2"}, order(q)); diff != "" {
		t.Errorf("taken in another order (-want +got):\n%s", diff)
	}
}

func TestQueue_Share_IsNotExceeded(t *testing.T) {
	q := newQueue(Shares{Total: 9, Namespace: 3, Host: 2})
	for i := range 4 {
		q.add(Request{ID: fmt.Sprintf("same host %d", i), Namespace: "a", Host: "h"})
		q.add(Request{ID: fmt.Sprintf("other host %d", i), Namespace: "a", Host: fmt.Sprint(i)})
	}
	q.add(Request{ID: "another namespace", Namespace: "b", Host: "h"})
	var taken []*Request
	for r := q.take(); r != nil; r = q.take() {
		taken = append(taken, r)
	}

	at := func(n string) int {
		return len(slices.DeleteFunc(slices.Clone(taken), func(r *Request) bool { return r.Namespace != n && r.Host != n }))
	}
	if at("a") != 3 || at("b") != 1 || at("h") != 2 {
		t.Errorf("namespace a has %d, b %d, host h %d under way", at("a"), at("b"), at("h"))
	}
	q.done(taken[0])
	if r := q.take(); r == nil {
		t.Error("a share that was given back is not used")
	}
}

func TestQueue_NewerRequest_TakesThePlaceOfTheOlder(t *testing.T) {
	q := newQueue(Shares{Total: 9, Namespace: 9, Host: 9})
	q.add(Request{ID: "first", Namespace: "a", Host: "h"})
	q.add(Request{ID: "second", Namespace: "a", Host: "h"})
	q.add(Request{ID: "first", Namespace: "a", Host: "h"})
	q.add(Request{ID: "second", Namespace: "a", Host: "another"})

	if diff := cmp.Diff([]string{"first", "second"}, order(q)); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
}

func TestQueue_RandomRequests_KeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		t.Repeat(rapid.StateMachineActions(&history{
			q: newQueue(Shares{Total: 9, Namespace: 3, Host: 2}), waiting: map[string]Request{},
		}))
	})
}

// history is what was asked of a queue, beside a plain record of what must still be there.
type history struct {
	q       *queue
	waiting map[string]Request
	taken   []*Request
}

var (
	anyName = rapid.SampledFrom([]string{"a", "b", "c"})
	anyID   = rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6", "7", "8"})
)

func (h *history) Add(t *rapid.T) {
	r := Request{ID: anyID.Draw(t, "id"), Namespace: anyName.Draw(t, "namespace"), Host: anyName.Draw(t, "host")}
	h.q.add(r)
	h.waiting[r.ID] = r
}

func (h *history) Remove(t *rapid.T) {
	id := anyID.Draw(t, "id")
	h.q.remove(id)
	delete(h.waiting, id)
}

func (h *history) Take(t *rapid.T) {
	r := h.q.take()
	if r == nil {
		h.checkAllHeldBack(t)
		return
	}
	if w, ok := h.waiting[r.ID]; !ok || w.Namespace != r.Namespace || w.Host != r.Host {
		t.Fatalf("took %s of %s at %s, which nobody waits for", r.ID, r.Namespace, r.Host)
	}
	delete(h.waiting, r.ID)
	h.taken = append(h.taken, r)
}

func (h *history) checkAllHeldBack(t *rapid.T) {
	for _, w := range h.waiting {
		if h.q.inNamespace[w.Namespace] < h.q.shares.Namespace && h.q.atHost[w.Host] < h.q.shares.Host {
			t.Fatalf("%s of %s at %s waits although no share holds it back", w.ID, w.Namespace, w.Host)
		}
	}
}

func (h *history) Done(*rapid.T) {
	if len(h.taken) > 0 {
		h.q.done(h.taken[0])
		h.taken = h.taken[1:]
	}
}

// Check is called after each of the others.
func (h *history) Check(t *rapid.T) {
	if len(h.q.waiting) != len(h.waiting) {
		t.Fatalf("%d wait, want %d", len(h.q.waiting), len(h.waiting))
	}
	for name, count := range h.q.inNamespace {
		if count > h.q.shares.Namespace || count <= 0 {
			t.Fatalf("namespace %s has %d under way", name, count)
		}
	}
	if len(h.waiting) == 0 && len(h.q.namespaces.names)+len(h.q.namespaces.of) != 0 {
		t.Fatalf("nothing waits, and the rota still has %v", h.q.namespaces.names)
	}
}
