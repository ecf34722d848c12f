package sqlstore

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/account-operator/account-operator/internal/store"
)

// acknowledged are the last commits that the server acknowledged, as many as can have been acknowledged in another order than they
// were committed in: one a connection. Where the server loses commits, as when an asynchronous standby takes over or a copy is put
// in its place, it loses the last ones, so one of these is gone then. Every connection breaks over that, so that it is enough
// to look when a new one is made, before anything is sent on it.
type acknowledged struct {
	keep int

	mu sync.Mutex
	// incarnation counts those that began here. What a look or a write of before finds out later says nothing of the present one.
	incarnation int
	last        []store.Commit
	seen        store.Commit // the newest of anybody
	putBack     bool
}

func (a *acknowledged) add(incarnation int, c store.Commit) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if incarnation != a.incarnation {
		return
	}
	a.last = append(a.last, c)
	a.last = slices.Delete(a.last, 0, max(0, len(a.last)-a.keep))
}

func (a *acknowledged) known() (incarnation int, numbers []int64, times []time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range append(slices.Clone(a.last), a.seen) {
		if c == (store.Commit{}) {
			continue
		}
		numbers, times = append(numbers, c.Number), append(times, c.At)
	}
	return a.incarnation, numbers, times
}

func (a *acknowledged) present() (incarnation int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.incarnation
}

func (a *acknowledged) isPutBack() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.putBack
}

func (a *acknowledged) found(incarnation int, putBack bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if incarnation == a.incarnation {
		a.putBack = a.putBack || putBack
	}
}

func (a *acknowledged) saw(incarnation int, c store.Commit) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if incarnation == a.incarnation && !a.putBack {
		a.seen = c
	}
}

// goOn forgets what was before a new incarnation of the store.
func (a *acknowledged) goOn(from store.Commit) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.incarnation++
	a.last, a.seen, a.putBack = nil, from, false
}

// look asks on a connection whether all is there. Rows that the audit no longer keeps are not missed.
func (a *acknowledged) look(ctx context.Context, conn *pgx.Conn) error {
	incarnation, numbers, times := a.known()
	if len(numbers) == 0 || a.isPutBack() {
		return nil
	}
	var missing bool
	err := send(ctx, conn, []statement{query(func(r row) error { return r.Scan(&missing) },
		`SELECT EXISTS (SELECT 1 FROM unnest($1::bigint[], $2::timestamptz[]) AS known (id, at)
			WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.id = known.id AND a.at = known.at)
				AND (EXISTS (SELECT 1 FROM audit a WHERE a.id <= known.id) OR NOT EXISTS (SELECT 1 FROM audit)))`, numbers, times)})
	if err == nil {
		a.found(incarnation, missing)
	}
	return err
}

// witness sees which rows of the audit a transaction writes.
type witness struct {
	of          *acknowledged
	incarnation int
	commits     []store.Commit
}

// witness has the statements report. It is called before they are sent.
func (a *acknowledged) witness(writes []statement) *witness {
	w := &witness{of: a, incarnation: a.present()}
	for n := range writes {
		if writes[n].audits {
			writes[n].text += ` RETURNING id, at`
			writes[n].each = func(r row) error {
				var c store.Commit
				err := commitInto(&c)(r)
				w.commits = append(w.commits, c)
				return err
			}
		}
	}
	return w
}

// acknowledged is called once the transaction is committed. It may be called of none. One row stands for all: they are lost together.
func (w *witness) acknowledged() {
	if w != nil && len(w.commits) > 0 {
		w.of.add(w.incarnation, w.commits[0])
	}
}
