package portal

import (
	"net/netip"
	"time"
)

// maxPeers bounds each generation of a table.
const maxPeers = 10_000

// recent keeps a T of each network that asked of late, in two generations of which the older is forgotten whole. After a span without a
// request a T must be as good as new.
type recent[T any] struct {
	span   time.Duration
	fresh  func() *T
	young  map[netip.Prefix]*T
	old    map[netip.Prefix]*T
	turned time.Time
}

func newRecent[T any](span time.Duration, fresh func() *T) recent[T] {
	return recent[T]{span: span, fresh: fresh, young: map[netip.Prefix]*T{}}
}

func (r *recent[T]) of(network netip.Prefix, now time.Time) *T {
	if len(r.young) >= maxPeers || now.Sub(r.turned) >= r.span {
		r.young, r.old, r.turned = map[netip.Prefix]*T{}, r.young, now
	}
	kept := r.young[network]
	if kept == nil {
		kept = r.old[network]
	}
	if kept == nil {
		kept = r.fresh()
	}
	r.young[network] = kept
	return kept
}
