// Package loopback says whether what is sent to an address stays on this machine, so that it may be in clear text.
package loopback

import "net/netip"

// Is reports whether a host, by its name or address, is this machine and is reached by it alone.
func Is(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
