package probe

import (
	"context"
	"sync"
)

// Pool runs probes beside everything else, in fair shares: nobody waits for one.
type Pool struct {
	mu      sync.Mutex
	changed *sync.Cond // there may be something to take, or the pool ends
	queue   *queue
	running map[string]*attempt // the newest of each ID
}

// attempt is a request under way.
type attempt struct {
	*Request
	cancel context.CancelFunc
}

// NewPool makes a pool; Run sets it to work.
func NewPool(s Shares) *Pool {
	p := &Pool{queue: newQueue(s), running: map[string]*attempt{}}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// Submit has a request done when its turn comes.
func (p *Pool) Submit(r Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.interrupt(r.ID)
	p.queue.add(r)
	p.changed.Signal()
}

// Cancel drops what was submitted under this ID, and ends it if it is under way.
func (p *Pool) Cancel(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.interrupt(id)
	p.queue.remove(id)
}

func (p *Pool) interrupt(id string) {
	if a, ok := p.running[id]; ok {
		a.cancel()
	}
}

// Run works until ctx ends. What is under way then is ended and waited for.
func (p *Pool) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.changed.Broadcast()
	})
	defer stop()
	var workers sync.WaitGroup
	for range p.queue.shares.Total {
		workers.Go(func() { p.work(ctx) })
	}
	workers.Wait()
	return nil
}

func (p *Pool) work(ctx context.Context) {
	for {
		attemptCtx, cancel := context.WithCancel(ctx)
		a := p.next(ctx, cancel)
		if a == nil {
			cancel()
			return
		}
		a.Do(attemptCtx)
		cancel()
		p.ended(a)
	}
}

// next waits for a request; nil says that ctx ended.
func (p *Pool) next(ctx context.Context, cancel context.CancelFunc) *attempt {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ctx.Err() == nil {
		if r := p.queue.take(); r != nil {
			p.running[r.ID] = &attempt{r, cancel}
			return p.running[r.ID]
		}
		p.changed.Wait()
	}
	return nil
}

func (p *Pool) ended(a *attempt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue.done(a.Request)
	if p.running[a.ID] == a {
		delete(p.running, a.ID)
	}
	p.changed.Broadcast() // its shares may have held back more than one
}
