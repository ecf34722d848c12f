package seal

import (
	"sync"
	"time"
)

// followPause bounds how often a file is read again for values that no key of it opens, which anybody may have written.
const followPause = time.Second

// FollowFile is LoadFile for who opens values for as long as keysets are rotated: the file is read again when a value was sealed by a key that was
// not in it. A file that cannot be used by then leaves the keys as they are.
func FollowFile(path string) (*Sealer, error) {
	s, err := LoadFile(path)
	if err == nil {
		s.follow = &follow{path: path}
	}
	return s, err
}

type follow struct {
	path string

	mu     sync.Mutex
	looked time.Time
}

// again puts the keys of the file in the Sealer's place, unless it looked a moment ago or nothing can be read. Whoever comes meanwhile waits.
func (f *follow) again(s *Sealer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < followPause {
		return
	}
	f.looked = time.Now()
	if newer, err := LoadFile(f.path); err == nil {
		s.ring.Store(newer.ring.Load())
	}
}
