package portal

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often one peer may ask for a link: some at once, for an office behind one address, then one every now and then.
const (
	peerBurst = 10
	peerEvery = 30 * time.Second
	// maxPeers bounds the table. A peer's budget is whole again after a generation without a request, so that
	// forgetting it then changes nothing.
	maxPeers   = 10_000
	generation = peerBurst * peerEvery
)

// peers limits how often each of them asks. A peer is an IPv4 address or an IPv6 network of 64 bits, which is what one
// customer gets.
type peers struct {
	trusted []netip.Prefix

	mu     sync.Mutex
	young  map[netip.Prefix]*rate.Limiter
	old    map[netip.Prefix]*rate.Limiter // the generation before, forgotten whole
	turned time.Time
}

func newPeers(trusted []netip.Prefix) *peers {
	return &peers{trusted: trusted, young: map[netip.Prefix]*rate.Limiter{}}
}

// wait takes one request off the peer's budget. Above zero, there is none left for so long.
func (p *peers) wait(r *http.Request) time.Duration {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	booked := p.budget(network(visitor(r, p.trusted)), now).ReserveN(now, 1)
	wait := booked.DelayFrom(now)
	if wait > 0 {
		booked.CancelAt(now)
	}
	return wait
}

func (p *peers) budget(peer netip.Prefix, now time.Time) *rate.Limiter {
	if len(p.young) >= maxPeers || now.Sub(p.turned) >= generation {
		p.young, p.old, p.turned = map[netip.Prefix]*rate.Limiter{}, p.young, now
	}
	limiter := p.young[peer]
	if limiter == nil {
		limiter = p.old[peer]
	}
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Every(peerEvery), peerBurst)
	}
	p.young[peer] = limiter
	return limiter
}

func network(address netip.Addr) netip.Prefix {
	bits := 64
	if address.Is4() {
		bits = 32
	}
	prefix, _ := address.Prefix(bits) // the zero address has the zero prefix, which is one peer more
	return prefix
}

// visitor is the address that a request comes from: the connection's, or what a trusted proxy says of it. Each proxy adds
// the address it saw at the end of the list, so that it is read from there, for as long as the one who wrote is trusted.
func visitor(r *http.Request, trusted []netip.Prefix) netip.Addr {
	connection, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := plain(connection.Addr())
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(trusted, address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = plain(hop)
	}
	return address
}

// plain is an address in its one form: IPv4 not as IPv6, and without the name of an interface.
func plain(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

func within(trusted []netip.Prefix, address netip.Addr) bool {
	for _, prefix := range trusted {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}
