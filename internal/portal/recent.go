package portal

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxRecent bounds each generation of a table.
const maxRecent = 10_000

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

func (r *recent[K, T]) of(one K, now time.Time) *T {
	if len(r.young) >= maxRecent || now.Sub(r.turned) >= r.span {
		r.young, r.old, r.turned = map[K]*T{}, r.young, now
	}
	kept := r.young[one]
	if kept == nil {
		kept = r.old[one]
	}
	if kept == nil {
		kept = r.fresh()
	}
	r.young[one] = kept
	return kept
}

// budgets limit how often each K asks.
type budgets[K comparable] struct {
	mu     sync.Mutex
	asking recent[K, rate.Limiter]
}

// newBudgets are for those that may ask so often at once, and then every so often. After burst times every a budget is whole again.
func newBudgets[K comparable](burst int, every time.Duration) *budgets[K] {
	return &budgets[K]{asking: newRecent[K](time.Duration(burst)*every, func() *rate.Limiter { return rate.NewLimiter(rate.Every(every), burst) })}
}

// wait takes one request off a budget. Above zero, there is none left for so long.
func (b *budgets[K]) wait(of K) time.Duration {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	booked := b.asking.of(of, now).ReserveN(now, 1)
	wait := booked.DelayFrom(now)
	if wait > 0 {
		booked.CancelAt(now)
	}
	return wait
}
