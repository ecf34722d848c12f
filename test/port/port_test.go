package port_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/account-operator/account-operator/test/port"
)

// The system's own choice can be the same for two programs that have not started yet: so it was for the pages and the health of a manager.
func TestFree_ManyAreAskedFor_NoneTwiceAndNoneThatTheSystemGivesOut(t *testing.T) {
	seen := map[string]bool{}
	for range 300 {
		// when
		address, err := port.Free(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// then
		_, text, _ := net.SplitHostPort(address)
		if n, _ := strconv.Atoi(text); seen[address] || n >= 32768 {
			t.Fatalf("%s is given out, after %d others", address, len(seen))
		}
		seen[address] = true
	}
}
