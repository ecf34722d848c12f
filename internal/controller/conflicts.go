package controller

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

const (
	// conflictPause is how long a pass waits after somebody else wrote the object at the same time: long enough for the watch
	// to bring what was written.
	conflictPause = 100 * time.Millisecond
	// conflictPauses bounds how often the pause doubles while the conflict stays, as when the watch lags far behind.
	conflictPauses = 5
)

// conflicts counts how often objects met a conflict in a row.
type conflicts struct {
	mu  sync.Mutex
	met map[types.UID]int
}

// pause counts one more, and says how long to wait: from 0.1 to 3.2 seconds.
func (c *conflicts) pause(uid types.UID) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.met == nil {
		c.met = map[types.UID]int{}
	}
	n := c.met[uid]
	c.met[uid] = min(n+1, conflictPauses)
	return conflictPause << n
}

// over forgets the object's.
func (c *conflicts) over(uid types.UID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.met, uid)
}
