package probe

import (
	"net/netip"
	"testing"
)

func TestAddress_EachRange_IsDialledOrNot(t *testing.T) {
	for _, text := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "100.100.100.200",
		"127.0.0.1", "127.255.255.254", "169.254.0.1", "169.254.169.254", "168.63.129.16", "172.16.0.1", "172.31.255.255",
		"192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
		"198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:10.0.0.1",
		"64:ff9b::8.8.8.8", "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
		"2001:1::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "4000::1", "5f00::1",
		"2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:127.0.0.1", "fc00::1", "fd00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "2606:4700::1%lo",
	} {
		if allowlist(nil).allows(netip.MustParseAddr(text)) {
			t.Errorf("%s may be dialled", text)
		}
	}
	for _, text := range []string{
		"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "128.0.0.1", "169.253.255.255", "172.15.255.255",
		"172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1", "2a00:1450::1",
		"2a00:1450::5efe:8.8.8.8",
	} {
		if !allowlist(nil).allows(netip.MustParseAddr(text)) {
			t.Errorf("%s may not be dialled", text)
		}
	}
}

func TestAddress_AllowedRanges_OpenNothingElse(t *testing.T) {
	l := allowlist(prefixes("10.20.0.0/16", "fd00:20::/32", "64:ff9b::/96"))
	for text, want := range map[string]bool{
		"10.20.0.1": true, "10.20.255.255": true, "::ffff:10.20.0.1": true, "fd00:20::1": true, "64:ff9b::8.8.8.8": true,
		"10.21.0.1": false, "127.0.0.1": false, "fd00:21::1": false, "fd00:20::1%lo": false, "169.254.169.254": false,
	} {
		if got := l.allows(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s may be dialled: %v", text, got)
		}
	}
}

// Given ranges of IPv6 that lead on to IPv4 and that a cluster allows, as one behind NAT64 has to, when a connection asks for an
// address there, then it is as good as the IPv4 address that it leads to.
func TestAllows_AllowedRangeThatLeadsToIPv4_JudgedByTheIPv4Address(t *testing.T) {
	for allowed, addresses := range map[string]map[string]bool{
		"64:ff9b::/96": {
			"64:ff9b::8.8.8.8": true, "64:ff9b::1.1.1.1": true,
			"64:ff9b::127.0.0.1": false, "64:ff9b::169.254.169.254": false, "64:ff9b::10.0.0.1": false, "64:ff9b::192.168.0.1": false,
			"64:ff9b::100.100.100.200": false, "64:ff9b::168.63.129.16": false, "64:ff9b::0.0.0.0": false,
		},
		"64:ff9b:1::/48": { // 48 bits, then the address around byte 8
			"64:ff9b:1:808:8:800::": true, "64:ff9b:1:7f00:0:100::": false, "64:ff9b:1:a9fe:a9:fe00::": false,
		},
		"64:ff9b:1:ab00::/56": {"64:ff9b:1:ab08:8:808::": true, "64:ff9b:1:ab7f:0:1::": false},
		"64:ff9b:1:abcd::/64": {"64:ff9b:1:abcd:8:808:800:0": true, "64:ff9b:1:abcd:a:0:100:0": false},
		"64:ff9b:1:abcd::/96": {"64:ff9b:1:abcd::8.8.8.8": true, "64:ff9b:1:abcd::10.0.0.1": false},
		"2002::/16":           {"2002:808:808::1": true, "2002:7f00:1::1": false, "2002:a9fe:a9fe::1": false, "2002:a00:1::1": false},
		"2001::/32":           {"2001:0:808:808:8000:63bf:f7f7:f7f7": true, "2001:0:808:808:8000:63bf:80ff:fffe": false, "2001:0:a00:1:8000:63bf:f7f7:f7f7": false},
		"fd00:20::/32":        {"fd00:20::1": true, "fd00:20::5efe:8.8.8.8": true, "fd00:20::5efe:10.0.0.1": false, "fd00:20::200:5efe:127.0.0.1": false},
		"::1/128":             {"::1": true, "::2": false},
		"::/0":                {"fd00::1": true, "::1": false, "::127.0.0.1": false, "64:ff9b::10.0.0.1": false, "::ffff:0:10.0.0.1": false, "::ffff:10.0.0.1": false},
	} {
		l := allowlist(prefixes(allowed))
		for text, want := range addresses {
			if got := l.allows(netip.MustParseAddr(text)); got != want {
				t.Errorf("with %s, %s may be dialled: %v", allowed, text, got)
			}
		}
	}

	// What is allowed by itself is so also behind NAT64.
	l := allowlist(prefixes("64:ff9b::/96", "10.20.0.0/16"))
	for text, want := range map[string]bool{"64:ff9b::10.20.0.1": true, "64:ff9b::10.21.0.1": false} {
		if got := l.allows(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s may be dialled: %v", text, got)
		}
	}
}
