package storetest

import (
	"errors"
	"fmt"
	"sync"

	"pgregory.net/rapid"

	"github.com/account-operator/account-operator/internal/store"
)

var linearizable = []promise{
	{"Linearizable/concurrent plans of one account see each other's outcome", func(s *scene) {
		s.put(account("alice"))
		const clients, rounds = 8, 10
		var group sync.WaitGroup
		errs := make([]error, clients)
		for n := range clients {
			group.Go(func() {
				for range rounds {
					errs[n] = errors.Join(errs[n], s.insist(func() error {
						return s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), increment)
					}))
				}
			})
		}
		group.Wait()
		s.must(errors.Join(errs...))
		if got := len(s.look(account("alice"))[0].Value.Reveal()); got != clients*rounds {
			s.Errorf("%d of %d increments", got, clients*rounds)
		}
	}},
	{"Linearizable/sets that contend for one name: one owns it, the others know who", func(s *scene) {
		s.put(account("alice"))
		for round := range 10 {
			const clients = 4
			var group sync.WaitGroup
			holders := make([]store.Claim, clients)
			for n := range clients {
				owner := set(fmt.Sprintf("%d-%d", round, n))
				group.Go(func() {
					_ = s.insist(func() error {
						return s.fenced.SyncEnvVars(s.ctx, account("alice"), owner, claimName(owner, &holders[n]))
					})
				})
			}
			group.Wait()
			for _, h := range holders {
				if h != holders[0] || h.IsZero() {
					s.Fatalf("holders: %v", holders)
				}
			}
			s.must(s.fenced.RemoveEnvVars(s.ctx, holders[0], false))
		}
	}},
	{"Linearizable/any history of calls agrees with a model, also over restarts", func(s *scene) {
		runs := 0 // all share the store, and the claims of one do not meet those of another
		rapid.Check(s.T, func(t *rapid.T) {
			runs++
			m := model{scene: s, account: account(fmt.Sprintf("m%d", runs)), vars: vars{}, owner: map[string]store.Claim{}}
			m.sets = []store.Claim{set(fmt.Sprintf("x%d", runs)), set(fmt.Sprintf("y%d", runs))}
			t.Repeat(map[string]func(*rapid.T){"put": m.put, "delete": m.delete, "sync": m.sync, "remove": m.remove, "restart": m.restart, "": m.check})
		})
	}},
}

// insist does what the controllers' queue does: an error that is none of the store's types means to try again.
func (s *scene) insist(call func() error) error {
	for {
		if err := call(); settled(err) || s.ctx.Err() != nil {
			return err
		}
	}
}

// increment lengthens the value by one byte.
func increment(have []store.EnvVar) store.EnvVarPlan {
	value := ""
	if len(have) > 0 {
		value = string(have[0].Value.Reveal())
	}
	return store.EnvVarPlan{Changes: []store.EnvVarChange{change(store.EnvVarSet, "A", value+"x")}}
}

// claimName takes the name if it is free and reports who holds it then.
func claimName(owner store.Claim, holder *store.Claim) func([]store.EnvVar) store.EnvVarPlan {
	return func(have []store.EnvVar) store.EnvVarPlan {
		if len(have) > 0 {
			*holder = have[0].Owner
			return store.EnvVarPlan{Changes: []store.EnvVarChange{change(store.EnvVarAwait, "A", "")}}
		}
		*holder = owner
		return store.EnvVarPlan{Changes: []store.EnvVarChange{change(store.EnvVarSet, "A", "x")}}
	}
}
