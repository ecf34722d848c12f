package fairqueue

// settle puts a namespace where it belongs after what waits or runs in it has changed.
func (l *line) settle(n *namespace) {
	mayRun := len(n.waiting) > 0 && n.running < l.share
	switch {
	case mayRun && n.at == absent:
		n.round, n.since = max(n.round, l.round), l.arrive()
		l.turns.add(n)
	case mayRun:
		l.turns.moved(n)
	case n.idle():
		l.rest(n)
	}
}

// rest forgets an idle namespace. One that had its turn of this round is kept until the next: else it had another by coming back.
func (l *line) rest(n *namespace) {
	if n.round > l.round {
		l.rested = append(l.rested, n)
	} else {
		delete(l.namespaces, n.name)
	}
}

// forgetRested is for when a round begins.
func (l *line) forgetRested() {
	for _, n := range l.rested {
		if n.idle() && l.namespaces[n.name] == n {
			delete(l.namespaces, n.name)
		}
	}
	clear(l.rested)
	l.rested = l.rested[:0]
}
