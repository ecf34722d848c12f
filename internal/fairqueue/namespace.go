package fairqueue

import "sigs.k8s.io/controller-runtime/pkg/reconcile"

// namespace is what waits in one, and whose turn it is.
type namespace struct {
	name    string
	waiting sorted[*entry]
	running int    // handed out and not done
	round   uint64 // the earliest in which it has a turn
	since   uint64 // when it was last given that turn, in arrivals
	at      int    // in the line's turns
}

// before lets everyone have a turn of an earlier round first. Within a round the more urgent goes first.
func (n *namespace) before(other *namespace) bool {
	if n.round != other.round {
		return n.round < other.round
	}
	if mine, theirs := n.waiting[0].priority, other.waiting[0].priority; mine != theirs {
		return mine > theirs
	}
	return n.since < other.since
}

func (n *namespace) place() *int { return &n.at }

func (n *namespace) idle() bool { return len(n.waiting) == 0 && n.running == 0 }

// entry is a request that waits, or that was only given a priority so far: it waits for its time, or for its present pass to end.
type entry struct {
	request  reconcile.Request
	priority int
	arrived  uint64
	at       int // in its namespace's waiting
}

func (e *entry) before(other *entry) bool {
	if e.priority != other.priority {
		return e.priority > other.priority
	}
	return e.arrived < other.arrived
}

func (e *entry) place() *int { return &e.at }
