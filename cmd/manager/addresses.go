package main

import (
	"net/netip"
	"net/url"
)

// ranges reads what a flag lists. One whose address is within the range is a slip that would allow more, or less, than was
// meant.
func ranges(flag string, texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil || p != p.Masked() || p.Addr().Is4In6() {
			return nil, usagef("--%s takes ranges such as 10.20.0.0/16 or fd00:20::/32, not %q", flag, text)
		}
		all = append(all, p)
	}
	return all, nil
}

// webAddress reads what a flag gives; nil where it gives none.
func webAddress(flag, text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, usagef("--%s takes an address such as https://accounts.example.com", flag)
	}
	return u, nil
}
