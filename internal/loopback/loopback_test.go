package loopback_test

import (
	"testing"

	"github.com/account-operator/account-operator/internal/loopback"
)

// Given hosts by name and address, then those are this machine alone that no network routes, and no name but one is believed.
func TestIs_Hosts_OnlyThisMachine(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.8.9.10": true, "::1": true, "::ffff:127.0.0.1": true,
		"": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "example.com": false, "localhost.example.com": false, "127.0.0.1.example.com": false,
	} {
		if got := loopback.Is(host); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
}
