package visitor

import "time"

// maxKept bounds each generation of a table.
const maxKept = 10_000

// recent keeps a T of each K that asked of late, in two generations of which the older is forgotten whole. After a span without a
// request a T must be as good as new.
type recent[K comparable, T any] struct {
	span   time.Duration
	fresh  func() *T
	young  map[K]*T
	old    map[K]*T
	turned time.Time
}

func newRecent[K comparable, T any](span time.Duration, fresh func() *T) recent[K, T] {
	return recent[K, T]{span: span, fresh: fresh, young: map[K]*T{}}
}

func (r *recent[K, T]) of(who K, now time.Time) *T {
	if len(r.young) >= maxKept || now.Sub(r.turned) >= r.span {
		r.young, r.old, r.turned = map[K]*T{}, r.young, now
	}
	kept := r.young[who]
	if kept == nil {
		kept = r.old[who]
	}
	if kept == nil {
		kept = r.fresh()
	}
	r.young[who] = kept
	return kept
}
