// Package syncstate remembers in one entry an object what a manager need not find out again: what the store applied last, which
// version its own last write gave the object, when it put its finalizer, and how often it met a conflict.
package syncstate

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/internal/store"
)

// Tracker is safe for concurrent use. One serves all kinds, since a UID is one object's of all.
type Tracker struct {
	mu      sync.Mutex
	entries map[types.UID]entry
	era     uint64    // how often the store's records were loaded: what was read before counts no more
	started time.Time // entries count from here: a time.Time would take three times the space
}

// entry is never kept where it says nothing.
type entry struct {
	rows

	// ownVersion is the one that this manager's last write gave the object; empty: it wrote none.
	ownVersion string
	// finalizerAt is when this manager put its finalizer; zero: it did not, or long ago.
	finalizerAt time.Duration
	// conflicts is how many it met in a row, as far as they lengthen the pause.
	conflicts uint8
}

// New returns a Tracker that knows nothing.
func New() *Tracker {
	// An entry's zero time is none.
	return &Tracker{entries: map[types.UID]entry{}, started: time.Now().Add(-time.Nanosecond)}
}

func (t *Tracker) now() time.Duration { return time.Since(t.started) }

func (t *Tracker) get(uid types.UID) entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.entries[uid]
}

func (t *Tracker) update(uid types.UID, change func(*entry)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.entries[uid]
	change(&e)
	t.set(uid, e)
}

func (t *Tracker) set(uid types.UID, e entry) {
	if e == (entry{}) {
		delete(t.entries, uid)
	} else {
		t.entries[uid] = e
	}
}

// Forget drops all that is known of an object, which is gone from the cluster.
func (t *Tracker) Forget(uid types.UID) { t.update(uid, func(e *entry) { *e = entry{} }) }

// Load takes the store's records of all objects in place of those that were known and of what reconciles that are under way read. A
// record that went stale while no manager led counts as if the change feed had reported it. What is known of the objects
// themselves stays.
func (t *Tracker) Load(all []store.Applied) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.era++
	before := t.entries
	t.entries = make(map[types.UID]entry, max(len(all), len(before)))
	for uid, e := range before {
		e.rows = e.onlyInvalidated()
		t.set(uid, e)
	}
	for _, a := range all {
		e := t.entries[types.UID(a.Claim.UID)]
		e.known = true
		if a.Stale {
			e.displaced = a.Record
		} else {
			e.applied, e.verifiedAt = a.Record, t.now()
		}
		t.entries[types.UID(a.Claim.UID)] = e
	}
}

// Sweep drops what is of no use any more: finalizers that are not new, and what Invalidate left of objects that have no row. That
// may be one that is just being made, which comparing accounts finds.
func (t *Tracker) Sweep() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for uid, e := range t.entries {
		if e.rows == e.onlyInvalidated() {
			e.rows = rows{}
		}
		if !t.isNew(e.finalizerAt) {
			e.finalizerAt = 0
		}
		t.set(uid, e)
	}
}
