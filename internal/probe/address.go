package probe

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

var errNotAllowed = errors.New("the address is not public")

// inside are the IPv4 ranges that are nobody's on the Internet (IANA's special-purpose registry), and two addresses at
// which a cloud answers its own machines.
var inside = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/3",
	"168.63.129.16/32", // Azure
)

// Of IPv6 only what was given out as global unicast is public, without what is translated to IPv4 on its way or belongs to
// protocols: Teredo and others, documentation, 6to4. NAT64 lies outside of it.
var (
	global      = netip.MustParsePrefix("2000::/3")
	globalInner = prefixes("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)

// allowlist are ranges inside the network that may be dialled all the same.
type allowlist []netip.Prefix

// guard is called with the very address that is about to be connected to, after every name was resolved.
func (l allowlist) guard(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !l.allows(at.Addr()) {
		return errNotAllowed
	}
	return nil
}

// allows judges an address. One that leads to an IPv4 address is as good as that one.
func (l allowlist) allows(a netip.Addr) bool {
	a = a.Unmap()
	switch {
	case slices.ContainsFunc(l, func(p netip.Prefix) bool { return l.names(p, a) }):
		return true
	case a.Is4():
		return !contain(inside, a)
	default:
		return global.Contains(a) && !contain(globalInner, a) && l.allowAll(embedded(a, 0))
	}
}

// names reports whether an allowed range lets the address in. One that is named by itself is meant, wherever it leads.
func (l allowlist) names(p netip.Prefix, a netip.Addr) bool {
	return p.Contains(a) && (a.Is4() || p.IsSingleIP() || l.allowAll(embedded(a, p.Bits())))
}

func (l allowlist) allowAll(all []netip.Addr) bool {
	return !slices.ContainsFunc(all, func(a netip.Addr) bool { return !l.allows(a) })
}

// contain is false for an address with a zone, which is never public.
func contain(ranges []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
}

func prefixes(texts ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		parsed[i] = netip.MustParsePrefix(text)
	}
	return parsed
}
