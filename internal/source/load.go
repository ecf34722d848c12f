package source

import (
	"errors"
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const (
	// MaxReadBytes is how much a set may read to find its values: what it does not take of an object counts, too, since it
	// comes with the object.
	MaxReadBytes = 8 << 20
	// perObject is what reading an object costs beside its content, there or not: a set of many takes time, if little memory.
	perObject = 8 << 10
	// smallLoad is how much every set may hold, whatever others do, so that large ones never keep small ones waiting.
	smallLoad = 256 << 10
	// maxLoad is how much all sets may hold beyond that. It is twice what one may, so that one that waits is always let in once
	// others are through.
	maxLoad = 2 * MaxReadBytes
)

// ErrBusy is the outcome of a large set that has to wait until others are through. It has changed nothing, and comes back.
var ErrBusy = errors.New("as many large sets as memory allows for are being worked on")

// Loads bounds what the sets that are worked on at the same time hold in memory, and so how many workers large ones keep from
// small ones.
type Loads struct {
	mu   sync.Mutex
	held int
	// turnedAway is what sets had come to when they had to wait. They ask for that much before they read anything again.
	turnedAway map[types.UID]int
}

// Load is what one set holds, from the first byte it reads until it ends.
type Load struct {
	loads *Loads
	of    types.UID

	read, weight, held int
}

// Begin begins with what the spec itself holds.
func (l *Loads) Begin(of types.UID, s Sources) (*Load, error) {
	load := &Load{loads: l, of: of}
	l.mu.Lock()
	expected := l.turnedAway[of]
	l.mu.Unlock()
	if err := load.reserve(expected); err != nil {
		return load, err
	}
	return load, load.Add(s.size())
}

// Add counts what was just read. An error says that no more may be.
func (l *Load) Add(bytes int) error {
	l.read += bytes
	l.weight += bytes + perObject
	if l.read > MaxReadBytes {
		return problem(v1alpha1.ReasonLimitExceeded,
			"the Secrets and ConfigMaps of the set have more than %d bytes in all, with what is not taken of them; take from smaller ones, or split it",
			MaxReadBytes)
	}
	return l.reserve(l.weight)
}

// reserve makes the load hold what a weight takes beyond that of a small set.
func (l *Load) reserve(weight int) error {
	beyond := max(weight-smallLoad-l.held, 0)
	l.loads.mu.Lock()
	defer l.loads.mu.Unlock()
	if l.loads.held+beyond > maxLoad {
		if l.loads.turnedAway == nil {
			l.loads.turnedAway = map[types.UID]int{}
		}
		l.loads.turnedAway[l.of] = weight
		return ErrBusy
	}
	l.loads.held += beyond
	l.held += beyond
	return nil
}

// End lets others have it. Nothing of what was read may be held any longer.
func (l *Load) End() {
	l.loads.mu.Lock()
	defer l.loads.mu.Unlock()
	l.loads.held -= l.held
	if l.held > 0 {
		delete(l.loads.turnedAway, l.of)
	}
	if l.held = 0; l.loads.held == 0 {
		l.loads.turnedAway = nil // there is room for all, and who is gone need not be remembered
	}
}

// size is what the spec has written out.
func (s Sources) size() int {
	n := 0
	for _, d := range s.dotenv {
		n += len(d.Inline)
	}
	for _, e := range s.env {
		if e.Value != nil {
			n += len(*e.Value)
		}
	}
	return n
}
