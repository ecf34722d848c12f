package visitor

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits are how often each K may ask.
type Limits[K comparable] struct {
	mu     sync.Mutex
	asking recent[K, rate.Limiter]
}

// NewLimits is for those who may ask so often at once, and then every so often. After burst times every a budget is whole again.
func NewLimits[K comparable](burst int, every time.Duration) *Limits[K] {
	return &Limits[K]{asking: newRecent[K](time.Duration(burst)*every, func() *rate.Limiter { return rate.NewLimiter(rate.Every(every), burst) })}
}

// Wait takes one request off the budget. Above zero, there is none left for so long, and asking in vain costs nothing.
func (l *Limits[K]) Wait(who K) time.Duration {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	booked := l.asking.of(who, now).ReserveN(now, 1)
	wait := booked.DelayFrom(now)
	if wait > 0 {
		booked.CancelAt(now)
	}
	return wait
}

// Peers are Limits by where a visitor comes from: an IPv4 address or an IPv6 network of 64 bits, which is what one customer gets.
type Peers struct{ of *Limits[netip.Prefix] }

// NewPeers is NewLimits for peers.
func NewPeers(burst int, every time.Duration) *Peers {
	return &Peers{NewLimits[netip.Prefix](burst, every)}
}

// Wait is as that of Limits.
func (p *Peers) Wait(address netip.Addr) time.Duration { return p.of.Wait(Peer(address)) }
