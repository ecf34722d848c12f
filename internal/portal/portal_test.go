package portal

import (
	"net/url"
	"strings"
	"testing"
)

func TestPortal_URLThatGivesLinksAway_IsRefused(t *testing.T) {
	for address, says := range map[string]string{
		"":                                       "must be like https://",
		"accounts.example.com":                   "must be like https://",
		"ftp://accounts.example.com":             "must be like https://",
		"https:///verify":                        "must be like https://",
		"http://accounts.example.com":            "must be https",
		"http://127.0.0.1.example.com":           "must be https",
		"https://user@accounts.example.com":      "no user, query or fragment",
		"https://accounts.example.com/?a=b":      "no user, query or fragment",
		"https://accounts.example.com/#fragment": "no user, query or fragment",
	} {
		t.Run(address, func(t *testing.T) {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := New(Options{URL: u}); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("got %v, wanted %q", err, says)
			}
		})
	}
}

func TestPortal_HTTPSAndLoopback_AreTaken(t *testing.T) {
	for _, address := range []string{
		"https://accounts.example.com", "https://accounts.example.com:8443/portal/",
		"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{URL: u}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The cookies of who signs in are sent to every path of a host.
func TestPortal_SignInBelowAPath_IsRefused(t *testing.T) {
	for address, refused := range map[string]bool{"https://example.com/accounts": true, "https://example.com/": false, "https://example.com": false} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = New(Options{URL: u, Holders: holdersInTurn{}})
		if got := err != nil && strings.Contains(err.Error(), "must have no path"); got != refused {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func TestHost_OtherSpelling_IsTheSame(t *testing.T) {
	for _, test := range []struct{ scheme, host, want string }{
		{"https", "Accounts.Example.com", "accounts.example.com"},
		{"https", "accounts.example.com:443", "accounts.example.com"},
		{"https", "accounts.example.com:80", "accounts.example.com:80"},
		{"http", "localhost:80", "localhost"},
		{"http", "[::1]:80", "::1"},
		{"http", "[::1]", "::1"},
		{"http", "[::1]:8080", "[::1]:8080"},
		{"https", "", ""},
	} {
		if got := canonicalHost(test.scheme, test.host); got != test.want {
			t.Errorf("%s://%s: got %q, wanted %q", test.scheme, test.host, got, test.want)
		}
	}
}

func TestAddress_Shown_IsMasked(t *testing.T) {
	for address, want := range map[string]string{
		"alice@example.com": "a•••@example.com",
		"a@example.com":     "•••@example.com",
		"élise@example.com": "é•••@example.com",
		"é@example.com":     "•••@example.com",
		"a@b@example.com":   "a•••@example.com",
		"":                  "•••",
	} {
		if got := masked(address); got != want {
			t.Errorf("%s: got %s, wanted %s", address, got, want)
		}
	}
}
