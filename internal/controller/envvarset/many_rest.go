package envvarset

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/internal/controller/syncstate"
)

// resting are the sets that some of their Accounts are in the way of, and nothing else. What ends that is announced: the change feed names
// a set when a variable's name comes free, and a watch when an Account comes, goes or gets its row. Until then a pass would read the
// sources and all pairs, and find the same.
type resting struct {
	mu  sync.Mutex
	all map[types.UID]rest
}

// rest is what a pass found, and what it found it from.
type rest struct {
	record string             // of the whole set
	unseen string             // Accounts whose row nobody has seen yet
	began  syncstate.Snapshot // of what was known of the rows
	found  error
}

func (r *resting) of(uid types.UID) rest {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all[uid]
}

func (r *resting) keep(uid types.UID, last rest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[types.UID]rest{}
	}
	r.all[uid] = last
}

func (r *resting) forget(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, uid)
}

// before is what the last pass found to be in the way, where this one would find the same; else nil. Like everything that is not Ready, the
// set is compared at the resync all the same.
func (p *many) before(whole string) error {
	last := p.resting.of(p.set.UID)
	if last.record != whole || last.unseen != p.unseen() || last.began != p.Tracker.Begin(p.set.UID) || p.Tracker.SinceVerified(p.set.UID) > p.Resync/2 {
		return nil
	}
	return last.found
}

// unseen are the Accounts of which status does not say yet that they have a row, which may be one that was there before.
func (p *many) unseen() (all string) {
	for _, a := range p.matched {
		if a.Status.AccountID == "" {
			all += string(a.UID) + " "
		}
	}
	return all
}
