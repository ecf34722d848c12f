// Package visitor knows where a request comes from, and limits how often one may ask.
package visitor

import (
	"net/http"
	"net/netip"
	"strings"
)

// Peer is an IPv4 address or an IPv6 network of 64 bits.
func Peer(address netip.Addr) netip.Prefix { return prefix(address, 32, 64) }

// Network is what one customer of a provider may well have all of: 256 addresses of IPv4, or 48 bits of IPv6.
func Network(address netip.Addr) netip.Prefix { return prefix(address, 24, 48) }

// prefix is the network of so many bits that an address is in. The zero address has the zero prefix, which is one network more.
func prefix(address netip.Addr, bitsOf4, bitsOf6 int) netip.Prefix {
	bits := bitsOf6
	if address.Is4() {
		bits = bitsOf4
	}
	network, _ := address.Prefix(bits)
	return network
}

// Of is the address that a request comes from: the connection's, or what a trusted proxy says of it. Each proxy adds
// the address it saw at the end of the list, so that it is read from there, for as long as the one who wrote is trusted.
func Of(r *http.Request, trusted []netip.Prefix) netip.Addr {
	connection, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := Plain(connection.Addr())
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && Within(trusted, address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = Plain(hop)
	}
	return address
}

// Plain is an address in its one form: IPv4 not as IPv6, and without the name of an interface.
func Plain(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

// Within reports whether an address is in one of the ranges.
func Within(ranges []netip.Prefix, address netip.Addr) bool {
	for _, prefix := range ranges {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}
