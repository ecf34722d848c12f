package controller

import (
	"cmp"
	"maps"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/internal/store"
)

// settled remembers, for each object, the record of what the store applied last, so that an object in sync costs nothing:
// no read of a Secret, no call to the store. It is filled from the store's own records when leading begins and emptied
// for an object as soon as the change feed names it. Nothing is ever in it that the store has not recorded.
type settled struct {
	mu      sync.Mutex
	entries map[types.UID]entry
	era     uint64 // how often the store was found put back: what was seen before counts no more
}

type entry struct {
	record string
	seen
	// lost is the record that a reported change took away.
	lost string
	// doubted says that somebody asked to look at the rows although nothing told of a change.
	doubted bool
	// looked is when the rows were last known to be as record says.
	looked time.Time
}

// seen is what a pass knew of when it looked at the rows.
type seen struct {
	// changes counts how often the object's rows were reported changed; a record that was made meanwhile does not count.
	changes uint64
	// doubts counts how often somebody asked to look; one that came meanwhile still stands.
	doubts uint64
	era    uint64
}

func newSettled() *settled { return &settled{entries: map[types.UID]entry{}} }

// holds tells whether the store holds exactly this record of the object.
func (s *settled) holds(uid types.UID, record string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return record != "" && s.entries[uid].record == record
}

// has tells whether the store's record of the object is surely this one, also if that is none.
func (s *settled) has(uid types.UID, record string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, known := s.entries[uid]
	return known && e.record == record && e.lost == ""
}

// recorded tells whether the store has, or had until somebody changed the object's rows, a record of it.
func (s *settled) recorded(uid types.UID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[uid]
	return e.record != "" || e.lost != ""
}

// trusts tells whether the store holds exactly this record and nobody asked to look at the rows.
func (s *settled) trusts(uid types.UID, record string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[uid]
	return record != "" && e.record == record && !e.doubted
}

// doubt makes the next pass look at the rows.
func (s *settled) doubt(uid types.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[uid]
	e.doubts++
	e.doubted = true
	s.entries[uid] = e
}

// age is how long ago the rows were last known to be as recorded.
func (s *settled) age(uid types.UID) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.entries[uid].looked)
}

// look is called before the store is read; what it returns goes to keep.
func (s *settled) look(uid types.UID) seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	looked := s.entries[uid].seen
	looked.era = s.era
	return looked
}

// keep remembers a record that was just written, unless a change was reported since look: then the pass that the report
// asked for has to see the rows itself.
func (s *settled) keep(uid types.UID, record string, looked seen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entries[uid]; e.changes == looked.changes && s.era == looked.era {
		s.entries[uid] = entry{record: record, seen: e.seen, looked: time.Now(), doubted: e.doubts != looked.doubts}
	}
}

// unsure is called where a write failed that would have applied this record. It may have been done, and only the answer lost: then
// what was applied before says nothing of who made the difference, and the store has to be asked.
func (s *settled) unsure(uid types.UID, record string) {
	if s.applied(uid, strings.TrimSuffix(record, leftSo)) {
		return
	}
	s.forget(uid)
}

// changed is called for every claim that the change feed names.
func (s *settled) changed(uid types.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[uid]
	e.changes++
	s.entries[uid] = entry{seen: e.seen, lost: cmp.Or(e.record, e.lost)}
}

// void is called where the account's row is another one: what was applied went with the one before.
func (s *settled) void(uid types.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entries[uid]; e.record != "" {
		e.changes++
		s.entries[uid] = entry{seen: e.seen, lost: e.record}
	}
}

// applied tells whether exactly this record was applied already: what differs from it now, differs by somebody else's hand.
func (s *settled) applied(uid types.UID, record string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[uid]
	return record != "" && (strings.TrimSuffix(e.lost, leftSo) == record || strings.TrimSuffix(e.record, leftSo) == record)
}

// forget drops an object that is gone.
func (s *settled) forget(uid types.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.entries, uid)
}

// restart takes the store's word for every object, in place of what was remembered and of what passes that are under way saw. What
// changed while nobody led is lost, as if the feed had told it.
func (s *settled) restart(all []store.Applied) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.era++
	entries := make(map[types.UID]entry, len(all))
	for uid, e := range s.entries {
		if e.doubted {
			entries[uid] = entry{seen: seen{doubts: e.doubts}, doubted: true}
		}
	}
	for _, a := range all {
		e := entries[types.UID(a.Claim.UID)]
		if a.Stale {
			e.lost = a.Record
		} else {
			e.record, e.looked = a.Record, time.Now()
		}
		entries[types.UID(a.Claim.UID)] = e
	}
	s.entries = entries
}

// differs tells whether a record that was remembered is no longer the store's, or no longer true.
func (s *settled) differs(a store.Applied) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	remembered := s.entries[types.UID(a.Claim.UID)].record
	return remembered != "" && (a.Stale || a.Record != remembered)
}

// sweep drops what is remembered of no row: doubts about objects that went before anybody looked. One about an object that
// is being made may go with them, and is what comparing accounts is for.
func (s *settled) sweep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.entries, func(_ types.UID, e entry) bool { return e == entry{seen: seen{doubts: e.doubts}, doubted: true} })
}
