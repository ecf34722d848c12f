package visitor

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// What the peers of these tests have.
const (
	burst = 10
	every = 30 * time.Second
)

func from(remote string, forwarded ...string) *http.Request {
	return &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": forwarded}}
}

func address(remote string) netip.Addr { return Of(from(remote), nil) }

func TestPeers_TrustedProxy_NamesTheVisitor(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, test := range map[string]struct {
		request *http.Request
		want    string
	}{
		"nobody between":                         {from("203.0.113.7:1234"), "203.0.113.7"},
		"a stranger's header counts for nothing": {from("203.0.113.7:1234", "198.51.100.1"), "203.0.113.7"},
		"one proxy":                              {from("10.0.0.1:1234", "198.51.100.1"), "198.51.100.1"},
		"two proxies":                            {from("10.0.0.1:1234", "198.51.100.1, 10.2.0.1"), "198.51.100.1"},
		"two proxies in two headers":             {from("10.0.0.1:1234", "198.51.100.1", "10.2.0.1"), "198.51.100.1"},
		"what the visitor wrote himself":         {from("10.0.0.1:1234", "192.0.2.9, 198.51.100.1"), "198.51.100.1"},
		"a proxy that says nothing":              {from("10.0.0.1:1234"), "10.0.0.1"},
		"a proxy that says nonsense":             {from("10.0.0.1:1234", "198.51.100.1, unknown"), "10.0.0.1"},
		"nonsense further left":                  {from("10.0.0.1:1234", "unknown, 10.2.0.1"), "10.2.0.1"},
		"IPv6 all along":                         {from("[fd00::1]:1234", "2001:db8::7"), "2001:db8::7"},
		"IPv4 written as IPv6":                   {from("[::ffff:10.0.0.1]:1234", "::ffff:198.51.100.1"), "198.51.100.1"},
		"an interface's name":                    {from("[fe80::1%eth0]:1234"), "fe80::1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Of(test.request, trusted); got.String() != test.want {
				t.Errorf("got %s, wanted %s", got, test.want)
			}
		})
	}
}

func TestPeers_Budget_GrowsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPeers(burst, every)
		for i := range burst {
			if wait := p.Wait(address("203.0.113.7:1")); wait != 0 {
				t.Fatalf("request %d waits %s", i, wait)
			}
		}
		for range 3 { // asking in vain costs nothing
			if wait := p.Wait(address("203.0.113.7:2")); wait != every {
				t.Errorf("one too many waits %s", wait)
			}
		}
		if wait := p.Wait(address("203.0.113.8:1")); wait != 0 {
			t.Errorf("a neighbour waits %s", wait)
		}
		time.Sleep(every) //nolint:forbidigo // the clock of the bubble
		if wait := p.Wait(address("203.0.113.7:3")); wait != 0 {
			t.Errorf("after a while it waits %s", wait)
		}
	})
}

func TestPeers_NetworkOf64Bits_IsOnePeer(t *testing.T) {
	p := NewPeers(burst, every)
	for i := range burst {
		p.Wait(address(fmt.Sprintf("[2001:db8:0:1::%x]:1", i+1)))
	}
	if p.Wait(address("[2001:db8:0:1:ffff::1]:1")) == 0 {
		t.Error("the network goes on")
	}
	if p.Wait(address("[2001:db8:0:2::1]:1")) != 0 {
		t.Error("the network beside it waits")
	}
}

func TestPeers_Table_IsBounded(t *testing.T) {
	p := NewPeers(burst, every)
	for i := range 3 * maxKept {
		p.Wait(address(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&0xff, i&0xff)))
		if len(p.of.asking.young)+len(p.of.asking.old) > 2*maxKept {
			t.Fatalf("%d and %d peers", len(p.of.asking.young), len(p.of.asking.old))
		}
	}
}

// Turning a generation over must not give a busy peer a new budget.
func TestPeers_Busy_IsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPeers(burst, every)
		for range burst {
			p.Wait(address("203.0.113.7:1"))
		}
		served, ends := 0, time.Now().Add(3*burst*every)
		for time.Now().Before(ends) {
			if p.Wait(address("203.0.113.7:1")) == 0 {
				served++
			}
			time.Sleep(time.Second) //nolint:forbidigo // the clock of the bubble
		}
		if most := 3 * burst; served > most {
			t.Errorf("served %d times, wanted at most %d", served, most)
		}
	})
}
