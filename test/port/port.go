// Package port finds ports for programs that have to know where to listen before they start.
package port

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// The ports that are tried lie below those that the system itself gives out (from 32768 on Linux): what is free when it is looked
// at is then not taken a moment later by another program's outgoing connection, or by a server that takes any port.
const first, beyond = 20000, 32768

var (
	mu    sync.Mutex
	given = map[int]bool{}
)

// Free returns the address of a loopback port that nobody listens on. Two calls in one process never give the same one.
func Free(ctx context.Context) (string, error) {
	mu.Lock()
	defer mu.Unlock()
	var last error
	for range 1000 {
		n := first + rand.IntN(beyond-first) //nolint:gosec // which one is no secret
		if given[n] {
			continue
		}
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(n)))
		if err != nil {
			last = err
			continue
		}
		given[n] = true
		return listener.Addr().String(), listener.Close()
	}
	return "", fmt.Errorf("looking for a free port: %w", errors.Join(errors.New("none from 20000 to 32767"), last))
}
