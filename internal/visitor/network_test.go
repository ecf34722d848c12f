package visitor

import (
	"fmt"
	"net/netip"
	"testing"
)

func TestNetwork_AddressesOfOneCustomer_AreOne(t *testing.T) {
	for name, address := range map[string]func(n int) string{
		"256 of IPv4":     func(n int) string { return fmt.Sprintf("203.0.113.%d", n) },
		"48 bits of IPv6": func(n int) string { return fmt.Sprintf("2001:db8:1:%x::1", n) },
	} {
		t.Run(name, func(t *testing.T) {
			all := map[netip.Prefix]bool{}
			for n := range 256 {
				all[Network(netip.MustParseAddr(address(n)))] = true
			}
			if len(all) != 1 {
				t.Errorf("they are %d", len(all))
			}
		})
	}
}
