package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

func pairDrifts(s *scene) {
	team := s.accounts(2)
	for _, query := range []string{
		`DELETE FROM env_vars WHERE name = 'A' AND account_id IN (SELECT id FROM accounts WHERE uid = $1)`,
		`UPDATE env_vars SET version = version + 1 WHERE account_id IN (SELECT id FROM accounts WHERE uid = $1)`,
		`UPDATE env_vars SET owner_cluster = NULL, owner_uid = NULL WHERE account_id IN (SELECT id FROM accounts WHERE uid = $1)`,
	} {
		s.syncPairs(set("a"), team, vars{"A": "1"})
		s.must(s.fenced.SettlePairs(s.ctx, set("a"), mark("all")))
		l := s.listen(s.fenced)
		s.foreign(query, team[1].UID)
		l.hears(set("a"))
		l.stop()
		s.pairsAre(set("a"), "0 r-a", "1 r-a stale")
		s.recordIs("all stale")
		s.must(s.fenced.SettlePairs(s.ctx, set("a"), mark("all"))) // by who had not seen it
		s.recordIs("all stale")
	}
	s.syncPairs(set("a"), team, vars{"A": "1"})
	s.sync(team[0], set("b"), vars{"B": "1"})
	s.foreign(`UPDATE env_vars SET owner_uid = $1 WHERE name = 'B'`, set("a").UID) // what becomes the set's, too
	s.pairsAre(set("a"), "0 r-a stale", "1 r-a")
}

func pairRaces(s *scene) {
	team := s.accounts(2)
	hidden, put := 0, 0
	for range 40 {
		var group sync.WaitGroup
		var foreign, own error
		group.Go(func() {
			foreign = s.SQL(`DELETE FROM env_vars WHERE account_id IN (SELECT id FROM accounts WHERE uid = $1)`, team[1].UID)
		})
		group.Go(func() {
			own = s.insist(func() error {
				_, err := s.fenced.SyncPairs(s.ctx, set("a"), team, []string{"A"}, pairPlan(set("a"), vars{"A": "1"}))
				return errors.Join(err, s.fenced.SettlePairs(s.ctx, set("a"), mark("all")))
			})
		})
		group.Wait()
		s.must(errors.Join(foreign, own))
		switch gone := len(s.values(team[1])) == 0; {
		case gone && s.record(set("a")) != "all stale":
			hidden++
		case !gone:
			put++
		}
	}
	s.Logf("%d of 40 came before the write", put)
	if hidden > 0 {
		s.Errorf("%d of 40 are hidden", hidden)
	}
}

// accounts puts accounts by the names 0, 1 and so on.
func (s *scene) accounts(n int) (all []store.Claim) {
	s.Helper()
	for n := range n {
		all = append(all, account(fmt.Sprint(n)))
		s.put(all[n])
	}
	return all
}

// syncPairs makes the owner's variables of each account exactly these.
func (s *scene) syncPairs(owner store.Claim, accounts []store.Claim, want vars) (missing []store.Claim) {
	s.Helper()
	missing, err := s.fenced.SyncPairs(s.ctx, owner, accounts, namesOf(want), pairPlan(owner, want))
	s.must(err)
	return missing
}

func namesOf(want vars) []string { return slices.Sorted(maps.Keys(want)) }

func pairPlan(owner store.Claim, want vars) func(store.Pair, []store.EnvVar) store.EnvVarPlan {
	return func(_ store.Pair, have []store.EnvVar) store.EnvVarPlan { return exactly(owner, want)(have) }
}

// pairsAre compares the owner's pairs: the account's name, the record, and "stale".
func (s *scene) pairsAre(owner store.Claim, want ...string) {
	s.Helper()
	var got []string
	s.must(store.EachPair(s.ctx, s.fenced, owner, func(p store.Pair) error {
		text := p.Account.Name + " " + p.Record
		if p.Stale {
			text += " stale"
		}
		got = append(got, text)
		return nil
	}))
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("the pairs of %s (-want +got):\n%s", owner.Name, diff)
	}
}

// recordIs compares the own record of the set a.
func (s *scene) recordIs(want string) {
	s.Helper()
	if got := s.record(set("a")); got != want {
		s.Errorf("the record is %q, want %q", got, want)
	}
}
