package leader

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

const (
	// provenFor is how long an answer of the store counts. Whoever thaws after longer asks again.
	provenFor = time.Second
	// askedFor is how long a store may take to answer.
	askedFor = 2 * time.Second
)

// Proof says whether this manager still has the lead in the store, for one that has no Lease to prove itself by. Writes in a row cost
// the store one read a second.
type Proof struct {
	mu     sync.Mutex
	fenced store.FencedStore
	asked  time.Time
}

// begin is called when this manager took the lead.
func (p *Proof) begin(fenced store.FencedStore) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fenced, p.asked = fenced, time.Time{}
}

// Leads fails with store.ErrFenced where another manager took the lead. A store that does not answer proves nothing, and that has to
// be reported in status: what is written then, a successor corrects.
func (p *Proof) Leads(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.fenced == nil || recent(p.asked, now) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askedFor)
	defer cancel()
	if err := p.fenced.Holds(ctx); errors.Is(err, store.ErrFenced) {
		return err
	}
	p.asked = now
	return nil
}

// recent goes by both clocks: the monotonic one goes on while a process is frozen, the one on the wall while its machine is.
func recent(asked, now time.Time) bool {
	return now.Sub(asked) < provenFor && now.Round(0).Sub(asked.Round(0)).Abs() < provenFor
}
