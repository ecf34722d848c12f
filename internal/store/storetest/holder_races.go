package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/long"
)

var heldRaces = []promise{
	{"Holder/a leaf that holder and operator write at once: none accepted is lost, none is taken back", func(s *scene) {
		h := s.Store.Holder(s.put(account("alice")).ID)
		r := contention{
			scene: s, managing: `"username"`, ops: []string{"PutAccount", "HolderSetSettings"},
			operator: func(manages bool) error {
				want := store.AccountSpec{Email: email("alice")}
				if manages {
					want.Username = ptr("team's")
				}
				_, err := s.fenced.PutAccount(s.ctx, account("alice"), want, mark("r"))
				return err
			},
			holder: func(value string) error { return h.Set(s.ctx, only(0, value)) },
		}
		r.contend()
		if got, want := s.account("alice").Username, r.replay(""); got != want {
			s.Errorf("it is %q and not %q", got, want)
		}
	}},
	{"Holder/a name that holder and a set write at once: none accepted is lost, none is taken back", func(s *scene) {
		h := s.Store.Holder(s.put(account("alice")).ID)
		r := contention{
			scene: s, managing: `"Set"`, ops: []string{"SyncEnvVars", "HolderPutEnvVars"},
			operator: func(manages bool) error {
				want := vars{}
				if manages {
					want["A"] = "team's"
				}
				return s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), exactly(set("a"), want))
			},
			holder: func(value string) error { return second(h.PutEnvVars(s.ctx, named(vars{"A": value}))) },
			gone:   `"Delete"`,
		}
		r.contend()
		if got, want := s.values(account("alice"))["A"], r.replay(""); got != want {
			s.Errorf("it is %q and not %q", got, want)
		}
	}},
}

// contention is an operator that manages something and gives it up, over and over, while its holder changes it. The audit has the order in
// which they came, since each locks the account first.
type contention struct {
	*scene

	operator func(manages bool) error
	holder   func(value string) error
	ops      []string // the operator's and the holder's in the audit
	managing string   // is among the names of an operator's write that manages
	gone     string   // of one that takes it away; else it stays as it is
	accepted []string // the holder's, in their order
}

func (c *contention) contend() {
	c.Helper()
	rounds := long.Choose(150, 1000)
	var group sync.WaitGroup
	group.Go(func() {
		for n := range rounds {
			if err := c.insist(func() error { return c.operator(n%2 == 0) }); err != nil {
				c.Error(err)
			}
		}
	})
	group.Go(func() {
		for n := range rounds {
			value := fmt.Sprint("hers ", n)
			err := c.insist(func() error { return c.holder(value) })
			if err == nil {
				c.accepted = append(c.accepted, value)
			} else if !errors.As(err, new(*store.ManagedError)) {
				c.Error(err)
			}
		}
	})
	group.Wait()
	c.Logf("%d of %d were accepted", len(c.accepted), rounds)
}

// replay is what is to be there in the end, by the audit.
func (c *contention) replay(value string) string {
	c.Helper()
	rows, err := c.Rows(`SELECT op, names FROM audit WHERE op IN ('` + strings.Join(c.ops, "', '") + `') ORDER BY id`)
	c.must(err)
	managed, left := false, c.accepted
	for _, row := range rows {
		if row[0] == c.ops[0] {
			managed, value = c.operated(row[1], value)
			continue
		}
		if managed || len(left) == 0 {
			c.Fatalf("the holder changed what was the object's (%t), or more than was accepted", managed)
		}
		value, left = left[0], left[1:]
	}
	if len(left) > 0 {
		c.Errorf("%d were accepted and not written", len(left))
	}
	return value
}

func (c *contention) operated(names, value string) (managed bool, now string) {
	switch {
	case strings.Contains(names, c.managing):
		return true, "team's"
	case c.gone != "" && strings.Contains(names, c.gone):
		return false, ""
	}
	return false, value
}
