package fairqueue

import (
	"sync"

	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// line says what is next. Namespaces have one turn each in a round, so that between two turns of one that has something to do, every other has
// two at most: its last one in a round and its first in the next. Within a round, and within a namespace, priorities decide.
//
// It is the storage of client-go's work queue, which calls Push, Pop, Len and Touch, and pushes no request that is waiting
// or handed out already.
type line struct {
	mu         sync.Mutex
	share      int // passes of one namespace at once
	entries    map[reconcile.Request]*entry
	running    map[reconcile.Request]int // priorities of what is handed out
	namespaces map[string]*namespace
	turns      sorted[*namespace] // those that may have a pass now
	round      uint64             // of the last turn
	arrivals   uint64
	rested     []*namespace // idle ones that had their turn of this round
	waiting    int
	closed     bool
}

func newLine(share int) *line {
	return &line{
		share: share, entries: map[reconcile.Request]*entry{}, running: map[reconcile.Request]int{}, namespaces: map[string]*namespace{},
	}
}

// prefer gives a request this priority, unless it has a higher one, until it is handed out.
func (l *line) prefer(r reconcile.Request, priority int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entries[r]
	if e == nil {
		l.entries[r] = &entry{request: r, priority: priority, at: absent}
		return
	}
	if priority <= e.priority {
		return
	}
	e.priority, e.arrived = priority, l.arrive()
	if e.at != absent {
		n := l.namespaces[r.Namespace]
		n.waiting.moved(e)
		l.settle(n)
	}
}

// Push lets a request wait.
func (l *line) Push(r reconcile.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, n := l.entries[r], l.namespaces[r.Namespace]
	if e == nil { // it was handed out between prefer and here
		e = &entry{request: r}
		l.entries[r] = e
	}
	if n == nil {
		n = &namespace{name: r.Namespace, at: absent}
		l.namespaces[r.Namespace] = n
	}
	e.arrived = l.arrive()
	n.waiting.add(e)
	l.waiting++
	l.settle(n)
}

// Pop hands out what is next. Len must have been above zero.
func (l *line) Pop() reconcile.Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.turns[0]
	e := n.waiting[0]
	if n.round > l.round {
		l.round = n.round
		l.forgetRested()
	}
	l.turns.remove(n)
	n.waiting.remove(e)
	n.round++
	n.running++
	l.waiting--
	l.running[e.request] = e.priority
	delete(l.entries, e.request)
	l.settle(n)
	return e.request
}

// Len is above zero where something may be handed out now.
func (l *line) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0
	}
	return len(l.turns)
}

// Touch has nothing to do: prefer has put the request where it belongs.
func (l *line) Touch(reconcile.Request) {}

// done takes back what was handed out.
func (l *line) done(r reconcile.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, was := l.running[r]; !was {
		return
	}
	delete(l.running, r)
	n := l.namespaces[r.Namespace]
	n.running--
	l.settle(n)
}

func (l *line) priority(r reconcile.Request) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running[r]
}

func (l *line) ready() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting
}

func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}

func (l *line) arrive() uint64 {
	l.arrivals++
	return l.arrivals
}
