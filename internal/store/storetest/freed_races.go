package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// A claim that has to wait while the thing comes free must still be delivered: these let the two meet, over and over.
var freedRaces = []promise{
	{"Freed/no race loses a blocked deletion", func(s *scene) {
		s.meet(func(n int) (store.Claim, func() error, func() error) {
			c := account(fmt.Sprintf("alice-%d", n))
			s.foreign(`INSERT INTO instances (id, account_id) VALUES ($1, $2)`, c.Name, atoi(s.put(c).ID))
			return c,
				func() error { return s.fenced.DeleteAccount(s.ctx, c, store.Deletion{}) },
				func() error { return s.SQL(`DELETE FROM instances WHERE id = $1`, c.Name) }
		})
	}},
	{"Freed/no race loses an address", func(s *scene) {
		s.meet(func(n int) (store.Claim, func() error, func() error) {
			holder, waiter := account(fmt.Sprintf("alice-%d", n)), account(fmt.Sprintf("bob-%d", n))
			s.put(holder)
			return waiter,
				func() error {
					_, err := s.fenced.PutAccount(s.ctx, waiter, store.AccountSpec{Email: email(holder.Name)}, mark("r"))
					return err
				},
				func() error { return s.fenced.DeleteAccount(s.ctx, holder, store.Deletion{}) }
		})
	}},
	{"Freed/no race loses a name", func(s *scene) {
		s.put(account("alice"))
		s.meet(func(n int) (store.Claim, func() error, func() error) {
			holder, waiter := set(fmt.Sprintf("a-%d", n)), set(fmt.Sprintf("b-%d", n))
			s.must(s.fenced.RemoveEnvVars(s.ctx, set(fmt.Sprintf("b-%d", n-1)), false))
			s.sync(account("alice"), holder, vars{"A": "1"})
			return waiter,
				func() error {
					var owner store.Claim
					err := s.fenced.SyncEnvVars(s.ctx, account("alice"), waiter, claimName(waiter, &owner))
					if err == nil && owner != waiter {
						err = &store.ConflictError{Field: "env A", Holder: owner}
					}
					return err
				},
				func() error { return s.fenced.RemoveEnvVars(s.ctx, holder, false) }
		})
	}},
}

// meet lets wish and freeing run at once, 60 times. Either the wish is granted, or it is refused and its claim is delivered.
func (s *scene) meet(round func(n int) (wisher store.Claim, wish, freeing func() error)) {
	l := s.listen(s.fenced)
	refused := 0
	for n := range 60 {
		wisher, wish, freeing := round(n)
		var group sync.WaitGroup
		var wished, freed error
		group.Go(func() { wished = s.insist(wish) })
		group.Go(func() { freed = s.insist(freeing) })
		group.Wait()
		s.must(freed)
		if wished != nil {
			refused++
			l.hearsAtLast(wisher)
		}
	}
	s.Logf("%d of 60 were refused at first", refused)
}

// hearsAtLast waits for the claim and passes over all others.
func (l *listener) hearsAtLast(want store.Claim) {
	l.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case c, open := <-l.feed:
			if c == want {
				return
			}
			if !open {
				l.Fatal("the feed ended")
			}
		case <-deadline:
			l.Fatalf("%v was not delivered", want)
		}
	}
}

// settled is an answer that trying again would not change.
func settled(err error) bool {
	return err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrFenced) || errors.Is(err, store.ErrNoHeir) ||
		errors.As(err, new(*store.ConflictError)) || errors.As(err, new(*store.BlockedError)) ||
		errors.As(err, new(*store.InvalidError)) || errors.As(err, new(*store.AddressKeptError)) || errors.As(err, new(*store.ManagedError)) || errors.As(err, new(*store.RateLimitedError))
}
