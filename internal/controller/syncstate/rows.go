package syncstate

import (
	"cmp"
	"math"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/internal/store"
)

// DriftLeft ends the record of an object of which something is left as another client made it.
const DriftLeft = "~"

// rows is the record of what the store applied last of an object, so that one in sync costs nothing: no read of a Secret, no call to
// the store. It comes of the store's own records when leading begins, and is void as soon as the change feed names the object. It
// never holds what the store has not recorded.
type rows struct {
	applied string
	// displaced is the record that a reported change took away.
	displaced string
	// verifiedAt is when the rows were last known to be as applied says.
	verifiedAt time.Duration
	// changes counts how often the object's rows were reported changed; a record that was made meanwhile does not count.
	changes uint32
	// invalidations counts how often the rows were to be compared; a request that came meanwhile still stands.
	invalidations uint32
	// suspect says that the rows are to be compared although no change was reported.
	suspect bool
	// known says that the rest is known, also where it is nothing.
	known bool
}

// onlyInvalidated is what outlives the record.
func (r rows) onlyInvalidated() rows {
	if !r.suspect {
		return rows{}
	}
	return rows{known: true, suspect: true, invalidations: r.invalidations}
}

// changed voids the record.
func (r rows) changed() rows {
	return rows{known: true, changes: r.changes + 1, invalidations: r.invalidations, displaced: cmp.Or(r.applied, r.displaced)}
}

// wasApplied leaves out whether drift was left.
func (r rows) wasApplied(record string) bool {
	return record != "" && (strings.TrimSuffix(r.displaced, DriftLeft) == record || strings.TrimSuffix(r.applied, DriftLeft) == record)
}

// Snapshot is what was known of an object's rows before they were read.
type Snapshot struct {
	changes, invalidations uint32
	era                    uint64
}

// Begin is called before the rows are read. Its Snapshot goes to Commit.
func (t *Tracker) Begin(uid types.UID) Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.entries[uid]
	return Snapshot{e.changes, e.invalidations, t.era}
}

// Commit remembers a record that was just written, unless a change was reported since Begin: then the reconcile that the report enqueued
// has to read the rows itself.
func (t *Tracker) Commit(uid types.UID, record string, began Snapshot) {
	t.update(uid, func(e *entry) {
		if e.changes == began.changes && t.era == began.era {
			e.rows = rows{
				applied: record, verifiedAt: t.now(), changes: e.changes, known: true,
				invalidations: e.invalidations, suspect: e.invalidations != began.invalidations,
			}
		}
	})
}

// MarkUnknown is called where a write failed that would have applied this record. It may have been done, and only the answer lost: then
// what was applied before says nothing of who made the difference, and the store has to be asked.
func (t *Tracker) MarkUnknown(uid types.UID, record string) {
	t.update(uid, func(e *entry) {
		if !e.wasApplied(strings.TrimSuffix(record, DriftLeft)) {
			e.rows = rows{}
		}
	})
}

// Invalidate makes the next reconcile compare the rows. The record stays.
func (t *Tracker) Invalidate(uid types.UID) {
	t.update(uid, func(e *entry) {
		e.invalidations++
		e.suspect, e.known = true, true
	})
}

// RowsChanged is called for every claim that the change feed names: the record is void.
func (t *Tracker) RowsChanged(uid types.UID) { t.update(uid, func(e *entry) { e.rows = e.changed() }) }

// RowsReplaced is called where the account's row is another one: what was applied went with the one before.
func (t *Tracker) RowsReplaced(uid types.UID) {
	t.update(uid, func(e *entry) {
		if e.applied != "" {
			e.rows = e.changed()
		}
	})
}

// SomeRowsReplaced is called where that is so of one account of many. A reconcile that is under way may have found that account without its
// row, and not to have applied anything then is no more certain than to have.
func (t *Tracker) SomeRowsReplaced(uid types.UID) {
	t.update(uid, func(e *entry) {
		if e.applied != "" {
			e.rows = e.changed()
		} else {
			e.changes++
		}
	})
}

// RowsRemoved is called where the store has nothing of the object any more. The object itself may still be there.
func (t *Tracker) RowsRemoved(uid types.UID) { t.update(uid, func(e *entry) { e.rows = rows{} }) }

// InSync reports whether the store has exactly this record and the rows need not be compared.
func (t *Tracker) InSync(uid types.UID, record string) bool {
	e := t.get(uid)
	return record != "" && e.applied == record && !e.suspect
}

// IsApplied reports whether the store has exactly this record of the object.
func (t *Tracker) IsApplied(uid types.UID, record string) bool {
	return record != "" && t.get(uid).applied == record
}

// IsRecorded reports whether the store's record of the object is surely this one, also if that is none.
func (t *Tracker) IsRecorded(uid types.UID, record string) bool {
	e := t.get(uid)
	return e.known && e.applied == record && e.displaced == ""
}

// IsSuspect reports whether the rows are to be compared although no change was reported.
func (t *Tracker) IsSuspect(uid types.UID) bool { return t.get(uid).suspect }

// HasRecord reports whether the store has a record of the object, or had one until the rows changed.
func (t *Tracker) HasRecord(uid types.UID) bool {
	e := t.get(uid)
	return e.applied != "" || e.displaced != ""
}

// WasApplied reports whether exactly this record was applied already: what differs from it now, another client changed.
func (t *Tracker) WasApplied(uid types.UID, record string) bool { return t.get(uid).wasApplied(record) }

// SinceVerified is how long ago the rows were last known to be as recorded; without end if never.
func (t *Tracker) SinceVerified(uid types.UID) time.Duration {
	at := t.get(uid).verifiedAt
	if at == 0 {
		return math.MaxInt64
	}
	return t.now() - at
}

// Differs reports whether a record that is remembered is no longer the store's, or no longer true.
func (t *Tracker) Differs(a store.Applied) bool {
	applied := t.get(types.UID(a.Claim.UID)).applied
	return applied != "" && (a.Stale || a.Record != applied)
}
