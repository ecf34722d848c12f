package portal

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// shareSpan is that of the requests that the store takes up from everybody together.
	shareSpan = time.Hour
	// shareOf: who had more than one in so many of those that are left has to wait. So a few networks that ask as often as they can leave most of
	// them to others, and one that did not ask yet is served as long as there is one.
	shareOf = 20
)

// shares limits how many requests of those that the store takes up one network may have. A network is what one customer of a provider may
// well have all of: 256 addresses of IPv4, or 48 bits of IPv6.
type shares struct {
	mu       sync.Mutex
	networks recent[share]
}

// share is what a network had since it began.
type share struct {
	began    time.Time
	requests int
}

func newShares() *shares {
	return &shares{networks: newRecent(shareSpan, func() *share { return new(share) })}
}

// wait counts one request of a visitor. Above zero, its network had its share of what is left to everybody, for so long.
func (s *shares) wait(visitor netip.Addr, left int) time.Duration {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	had := s.networks.of(prefix(visitor, 24, 48), now)
	if now.Sub(had.began) >= shareSpan {
		*had = share{began: now}
	}
	if had.requests*shareOf >= max(left, 1) {
		return had.began.Add(shareSpan).Sub(now)
	}
	had.requests++
	return 0
}
