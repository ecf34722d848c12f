package controller

import (
	"cmp"
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/internal/store"
)

// settled remembers, for each object, the record of what the store applied last, so that an object in sync costs nothing:
// no read of a Secret, no call to the store. It is filled from the store's own records when leading begins and emptied
// for an object as soon as the change feed names it. Nothing is ever in it that the store has not recorded.
type settled struct {
	mu      sync.Mutex
	entries map[types.UID]entry
}

type entry struct {
	record string
	// changes counts how often the object's rows were reported changed; a record that was made meanwhile does not count.
	changes uint64
	// lost is the record that a reported change took away.
	lost string
	// told is the generation for which status says since this record that it is in sync; 0 until then.
	told int64
}

func newSettled() *settled { return &settled{entries: map[types.UID]entry{}} }

// holds tells whether the store holds exactly this record of the object.
func (s *settled) holds(uid types.UID, record string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return record != "" && s.entries[uid].record == record
}

// told is called when status says that the object is in sync.
func (s *settled) told(uid types.UID, generation int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entries[uid]; e.record != "" {
		e.told = generation
		s.entries[uid] = e
	}
}

// toldOf is the generation that told was last called for, since the record was kept.
func (s *settled) toldOf(uid types.UID) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries[uid].told
}

// look is called before the store is read; what it returns goes to keep.
func (s *settled) look(uid types.UID) (changes uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries[uid].changes
}

// keep remembers a record that was just written, unless a change was reported since look: then the pass that the report
// asked for has to see the rows itself.
func (s *settled) keep(uid types.UID, record string, changes uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entries[uid].changes == changes {
		s.entries[uid] = entry{record: record, changes: changes}
	}
}

// changed is called for every claim that the change feed names.
func (s *settled) changed(uid types.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[uid]
	s.entries[uid] = entry{changes: e.changes + 1, lost: cmp.Or(e.record, e.lost)}
}

// lost tells whether the store held exactly this record until somebody else changed the object's rows: what differs now,
// differs by their hand.
func (s *settled) lost(uid types.UID, record string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries[uid].lost == record
}

// forget drops an object that is gone.
func (s *settled) forget(uid types.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.entries, uid)
}

// load takes the store's word for an object at the start of leading. What changed while nobody led is lost, as if the
// feed had told it.
func (s *settled) load(a store.Applied) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := entry{record: a.Record}
	if a.Stale {
		e = entry{lost: a.Record}
	}
	s.entries[types.UID(a.Claim.UID)] = e
}

// differs tells whether a record that was remembered is no longer the store's, or no longer true.
func (s *settled) differs(a store.Applied) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	remembered := s.entries[types.UID(a.Claim.UID)].record
	return remembered != "" && (a.Stale || a.Record != remembered)
}
