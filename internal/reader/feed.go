package reader

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// The store is looked at every lookEvery while anybody waits, however many do, and never more than a quarter of the time; after an error it is left alone
// for a while. stepsKept is how many changes back who comes again is answered from memory.
const (
	lookEvery  = 15 * time.Millisecond
	lookShare  = 4
	lookAgain  = time.Second
	stepsKept  = 512
	lookWithin = 5 * time.Second
)

// feed looks what changes, once for all who wait.
type feed struct {
	of store.Revisions

	mu      sync.Mutex
	waiting int
	woken   chan struct{} // closed when a client begins to wait
	moved   chan struct{} // closed when there is another step, or an error
	cursor  string        // up to where the steps go; "" before the first look
	err     error         // of the last look
	steps   []step
	first   int            // number of steps[0]
	known   map[string]int // cursors that were given out, and how many steps there were then
}

// step is what one look found.
type step struct{ accounts []int64 }

func newFeed(of store.Revisions) *feed {
	return &feed{of: of, woken: make(chan struct{}), moved: make(chan struct{}), known: map[string]int{}}
}

func (f *feed) run(ctx context.Context) {
	for ctx.Err() == nil {
		if !f.await(ctx) {
			return
		}
		began := time.Now()
		pause := lookEvery
		if err := f.look(ctx); err != nil {
			pause = lookAgain
		}
		timer := time.NewTimer(max(pause, lookShare*time.Since(began)))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// await returns when anybody waits.
func (f *feed) await(ctx context.Context) bool {
	f.mu.Lock()
	waiting, woken := f.waiting, f.woken
	f.mu.Unlock()
	if waiting > 0 {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-woken:
		return true
	}
}

func (f *feed) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	f.mu.Lock()
	from := f.cursor
	f.mu.Unlock()
	accounts, next, err := f.of.ChangedSince(ctx, from)
	gone := errors.Is(err, store.ErrCursorGone)
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case gone: // whoever waits asks the store for his own cursor
		f.steps, f.first, f.known = nil, f.first+len(f.steps)+1, map[string]int{}
		f.cursor, err = next, nil
	case err == nil:
		f.cursor = next
		if len(accounts) > 0 {
			f.steps = append(f.steps, step{accounts})
			if over := len(f.steps) - stepsKept; over > 0 {
				f.steps, f.first = append([]step(nil), f.steps[over:]...), f.first+over
			}
		}
	}
	if gone || len(accounts) > 0 || err != nil || f.err != nil || from == "" {
		close(f.moved)
		f.moved = make(chan struct{})
	}
	f.err = err
	return err
}

// join counts one more who waits, until leave.
func (f *feed) join() (leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting++; f.waiting == 1 {
		f.err = nil
		close(f.woken)
		f.woken = make(chan struct{})
	}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.waiting--
	}
}

// position is where a client is in the steps.
type position struct {
	at     int
	cursor string
	known  bool // it is that of the cursor that was asked for
	moved  <-chan struct{}
	err    error
}

// find is the position of a cursor, or the present one.
func (f *feed) find(cursor string) position {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := position{at: f.first + len(f.steps), cursor: f.cursor, moved: f.moved, err: f.err}
	if at, is := f.known[cursor]; is && at >= f.first {
		p.at, p.known = at, true
	}
	return p
}

// begun is the same once the first look was made: what the store is asked has to be later than where the feed is.
func (f *feed) begun(ctx context.Context, cursor string) position {
	p := f.find(cursor)
	for p.cursor == "" && p.err == nil && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-p.moved:
		}
		p = f.find(cursor)
	}
	return p
}

// since are the accounts of the steps from a position on, and the position after them. Lost says that those were forgotten.
func (f *feed) since(p position, mine func(int64) bool) (accounts []int64, next position, lost bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	next = position{at: f.first + len(f.steps), cursor: f.cursor, moved: f.moved, err: f.err, known: p.known}
	if p.at < f.first {
		return nil, next, true
	}
	seen := map[int64]bool{}
	for _, s := range f.steps[p.at-f.first:] {
		for _, account := range s.accounts {
			if mine(account) && !seen[account] {
				accounts, seen[account] = append(accounts, account), true
			}
		}
	}
	if len(f.known) >= stepsKept {
		clear(f.known)
	}
	f.known[f.cursor] = next.at
	return accounts, next, false
}
