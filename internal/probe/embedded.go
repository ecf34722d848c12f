package probe

import "net/netip"

// Ranges whose addresses are on their way to an IPv4 address, which stands in them.
var (
	teredo     = netip.MustParsePrefix("2001::/32")
	sixToFour  = netip.MustParsePrefix("2002::/16")
	localNAT64 = netip.MustParsePrefix("64:ff9b:1::/48") // of any length from there on (RFC 8215)
	atTheEnd   = prefixes(
		"64:ff9b::/96",    // NAT64 (RFC 6052)
		"::ffff:0:0:0/96", // SIIT, stateless translation
		"::/96",           // IPv4-compatible
	)
)

// embedded are the IPv4 addresses that an IPv6 address leads to; none for most. Where a network has its own NAT64 prefix, its
// length says where the address stands; 0 where it is not known.
func embedded(a netip.Addr, prefix int) []netip.Addr {
	b := a.As16()
	end := [4]byte(b[12:])
	switch {
	case teredo.Contains(a): // the server, and whoever is behind it
		return addresses([4]byte(b[4:8]), [4]byte{^end[0], ^end[1], ^end[2], ^end[3]})
	case sixToFour.Contains(a):
		return addresses([4]byte(b[2:6]))
	case localNAT64.Contains(a):
		return addresses(translated(b, prefix))
	case contain(atTheEnd, a), isISATAP(b):
		return addresses(end)
	default:
		return nil
	}
}

// translated is where RFC 6052 puts the address after a prefix of this length; byte 8 is never a part of it.
func translated(b [16]byte, prefix int) [4]byte {
	switch prefix {
	case 48:
		return [4]byte{b[6], b[7], b[9], b[10]}
	case 56:
		return [4]byte{b[7], b[9], b[10], b[11]}
	case 64:
		return [4]byte(b[9:13])
	default:
		return [4]byte(b[12:])
	}
}

// isISATAP finds an address of the Intra-Site Automatic Tunnel (RFC 5214), which may have any prefix.
func isISATAP(b [16]byte) bool {
	return b[8]&^0x02 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}

func addresses(all ...[4]byte) []netip.Addr {
	parsed := make([]netip.Addr, len(all))
	for i, b := range all {
		parsed[i] = netip.AddrFrom4(b)
	}
	return parsed
}
