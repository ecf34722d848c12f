package portal

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

const everybodys = 2000 // requests of an hour

func TestShares_FewNetworksAskAsOftenAsTheyCan_LeaveMostToOthers(t *testing.T) {
	// Given sixteen networks, each with as many addresses as it likes
	s, left := newShares(), everybodys
	for attempt := range 1000 {
		for network := range 16 {
			if s.wait(netip.AddrFrom4([4]byte{203, 0, byte(network), byte(attempt)}), left) == 0 {
				left--
			}
		}
	}
	if left < everybodys/2 {
		t.Errorf("%d of %d are left", left, everybodys)
	}

	// Then another is served, and as often as each of those
	served := 0
	for range everybodys {
		if s.wait(netip.MustParseAddr("198.51.100.1"), left) == 0 {
			served, left = served+1, left-1
		}
	}
	if served < 50 {
		t.Errorf("a network that comes late had %d requests", served)
	}
}

func TestShares_NetworkThatDidNotAskYet_IsServedAsLongAsOneIsLeft(t *testing.T) {
	s := newShares()
	first, second := netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("198.51.100.1")
	if s.wait(first, 1) != 0 || s.wait(second, 1) != 0 {
		t.Error("the first request of a network waits")
	}
	if s.wait(first, 1) == 0 {
		t.Error("the second one is served from the last that is left")
	}
}

func TestShares_AddressesOfOneCustomer_AreOneNetwork(t *testing.T) {
	for name, address := range map[string]func(n int) string{
		"256 of IPv4":     func(n int) string { return fmt.Sprintf("203.0.113.%d", n) },
		"48 bits of IPv6": func(n int) string { return fmt.Sprintf("2001:db8:1:%x::1", n) },
	} {
		t.Run(name, func(t *testing.T) {
			s, served := newShares(), 0
			for n := range 256 {
				if s.wait(netip.MustParseAddr(address(n)), everybodys) == 0 {
					served++
				}
			}
			if served != everybodys/shareOf {
				t.Errorf("%d were served", served)
			}
		})
	}
}

func TestShares_HourIsOver_NetworkHasItsShareAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, visitor := newShares(), netip.MustParseAddr("203.0.113.1")
		for range 2 {
			s.wait(visitor, shareOf)
		}
		time.Sleep(10 * time.Minute) //nolint:forbidigo // the clock of the bubble
		if wait := s.wait(visitor, shareOf); wait != 50*time.Minute {
			t.Errorf("waits %s", wait)
		}
		time.Sleep(50 * time.Minute) //nolint:forbidigo // the clock of the bubble
		if wait := s.wait(visitor, shareOf); wait != 0 {
			t.Errorf("after the hour it waits %s", wait)
		}
	})
}
