package reader

import (
	"context"
	"sync"
	"time"
)

// shared is a question that those share who have it at a time. The zero value is ready.
type shared[T any] struct {
	mu      sync.Mutex
	asking  *asking[T] // nil: nobody asks
	running sync.WaitGroup
}

// asking is a question that is under way, until done is closed.
type asking[T any] struct {
	done   chan struct{}
	answer T
	err    error
}

// ask joins the question that is under way, or begins one, which has so much time whoever gives up meanwhile.
func (s *shared[T]) ask(ctx context.Context, within time.Duration, question func(context.Context) (T, error)) *asking[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asking != nil {
		return s.asking
	}
	a := &asking[T]{done: make(chan struct{})}
	s.asking = a
	s.running.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
		defer cancel()
		a.answer, a.err = question(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asking = nil
		close(a.done)
	})
	return a
}

// wait waits for the answer for so long, and otherwise is the error.
func (a *asking[T]) wait(ctx context.Context, within time.Duration, otherwise error) (T, error) {
	timer := time.NewTimer(within)
	defer timer.Stop()
	var none T
	select {
	case <-a.done:
		return a.answer, a.err
	case <-ctx.Done():
		return none, ctx.Err()
	case <-timer.C:
		return none, otherwise
	}
}
