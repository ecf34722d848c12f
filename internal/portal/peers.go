package portal

import (
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// How often one peer may ask for a link: some at once, for an office behind one address, then one every now and then.
const (
	peerBurst = 10
	peerEvery = 30 * time.Second
)

// How often one peer may open a page: far more often than people do, and far less than a program can.
const (
	pageBurst = 200
	pageEvery = 200 * time.Millisecond
)

// peers limits how often each of them asks. A peer is an IPv4 address or an IPv6 network of 64 bits, which is what one
// customer gets.
type peers struct{ budgets *budgets[netip.Prefix] }

func newPeers(burst int, every time.Duration) *peers {
	return &peers{newBudgets[netip.Prefix](burst, every)}
}

// wait takes one request off the budget of a visitor's peer.
func (p *peers) wait(visitor netip.Addr) time.Duration { return p.budgets.wait(peer(visitor)) }

func peer(address netip.Addr) netip.Prefix { return prefix(address, 32, 64) }

// network is what one customer of a provider may well have all of: 256 addresses of IPv4, or 48 bits of IPv6.
func network(visitor netip.Addr) netip.Prefix { return prefix(visitor, 24, 48) }

// prefix is the network of so many bits that an address is in. The zero address has the zero prefix, which is one network more.
func prefix(address netip.Addr, bitsOf4, bitsOf6 int) netip.Prefix {
	bits := bitsOf6
	if address.Is4() {
		bits = bitsOf4
	}
	network, _ := address.Prefix(bits)
	return network
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
