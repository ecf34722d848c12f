package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// pairs: one owner has variables in many accounts.
var pairs = []promise{
	{"Pairs/many accounts are written at once, each with a record of its own", func(s *scene) {
		team := s.accounts(3)
		missing := s.syncPairs(set("a"), append(team, account("nobody")), vars{"A": "1", "B": "2"})
		if diff := cmp.Diff([]store.Claim{account("nobody")}, missing); diff != "" {
			s.Errorf("what is missing (-want +got):\n%s", diff)
		}
		for _, a := range team {
			if diff := cmp.Diff(vars{"A": "1", "B": "2"}, s.values(a)); diff != "" {
				s.Errorf("%s: %s", a.Name, diff)
			}
		}
		s.pairsAre(set("a"), "0 r-a", "1 r-a", "2 r-a")
	}},
	{"Pairs/a plan that is refused for one account writes nothing to any", func(s *scene) {
		team := s.accounts(2)
		s.sync(team[1], set("holder"), vars{"A": "theirs"})
		_, err := s.fenced.SyncPairs(s.ctx, set("a"), team, []string{"A"}, pairPlan(set("a"), vars{"A": "1"}))
		if conflict := (*store.ConflictError)(nil); !errors.As(err, &conflict) || conflict.Holder != set("holder") {
			s.Errorf("got %v", err)
		}
		if got := s.values(team[0]); len(got) != 0 {
			s.Errorf("got %v", got)
		}
		s.pairsAre(set("a"))
	}},
	{"Pairs/a plan for a name that was not asked for is refused, since another may have it", func(s *scene) {
		team := s.accounts(1)
		s.sync(team[0], set("holder"), vars{"A": "theirs"})
		for _, op := range []store.EnvVarOp{store.EnvVarSet, store.EnvVarAwait} {
			_, err := s.fenced.SyncPairs(s.ctx, set("a"), team, []string{"B"}, func(store.Pair, []store.EnvVar) store.EnvVarPlan {
				return plan(change(op, "A", "mine"))(nil)
			})
			if !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("%s: got %v", op, err)
			}
		}
		if diff := cmp.Diff(vars{"A": "theirs"}, s.values(team[0])); diff != "" {
			s.Error(diff)
		}
	}},
	{"Pairs/a plan that sets a name twice leaves the value of the last", func(s *scene) {
		team := s.accounts(1)
		for _, values := range [][2]string{{"1", "2"}, {"3", "4"}} { // of a name that is new, and of one that is the owner's
			_, err := s.fenced.SyncPairs(s.ctx, set("a"), team, []string{"A"}, func(store.Pair, []store.EnvVar) store.EnvVarPlan {
				return plan(change(store.EnvVarSet, "A", values[0]), change(store.EnvVarSet, "A", values[1]))(nil)
			})
			s.must(err)
			if diff := cmp.Diff(vars{"A": values[1]}, s.values(team[0])); diff != "" {
				s.Error(diff)
			}
		}
	}},
	{"Pairs/what others have in an account counts to what it may have", func(s *scene) {
		team, many := s.accounts(1), vars{}
		for n := range s.Store.Capabilities().MaxEnvVars - 1 {
			many[fmt.Sprintf("V%d", n)] = ""
		}
		s.sync(team[0], set("b"), many)
		for _, value := range []string{"1", "2"} {
			s.syncPairs(set("a"), team, vars{"A": value}) // the last that there is room for, and again
		}
		want := vars{"A": "3", "B": "3"}
		if _, err := s.fenced.SyncPairs(s.ctx, set("a"), team, namesOf(want), pairPlan(set("a"), want)); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("one more: got %v", err)
		}
	}},
	{"Pairs/more names than are looked up one by one are found all the same", func(s *scene) {
		team := s.accounts(2)
		want := vars{}
		for n := range 100 {
			want[fmt.Sprintf("V%d", n)] = "1"
		}
		s.sync(team[1], set("holder"), vars{"V99": "theirs"})
		_, err := s.fenced.SyncPairs(s.ctx, set("a"), team, namesOf(want), pairPlan(set("a"), want))
		if conflict := (*store.ConflictError)(nil); !errors.As(err, &conflict) || conflict.Holder != set("holder") {
			s.Errorf("got %v", err)
		}
		s.syncPairs(set("a"), team[:1], want)
		if diff := cmp.Diff(want, s.values(team[0])); diff != "" {
			s.Error(diff)
		}
	}},
	{"Pairs/plans that change nothing write nothing", func(s *scene) {
		team := s.accounts(2)
		s.syncPairs(set("a"), team, vars{"A": "1"})
		s.must(s.fenced.SettlePairs(s.ctx, set("a"), mark("all")))
		before := s.count(`SELECT count(*) FROM audit`)
		_, err := s.fenced.SyncPairs(s.ctx, set("a"), team, nil, func(store.Pair, []store.EnvVar) store.EnvVarPlan { return store.EnvVarPlan{} })
		s.must(err)
		if after := s.count(`SELECT count(*) FROM audit`); after != before || s.record(set("a")) != "all" {
			s.Errorf("%s rows of the audit, then %s; the record is %q", before, after, s.record(set("a")))
		}
	}},
	{"Pairs/the owner's own record is empty from the first change until they are settled", func(s *scene) {
		team := s.accounts(2)
		s.syncPairs(set("a"), team[:1], vars{"A": "1"})
		s.recordIs("")
		s.must(s.fenced.SettlePairs(s.ctx, set("a"), mark("all")))
		s.recordIs("all")
		s.syncPairs(set("a"), team[1:], vars{"A": "1"})
		s.recordIs("")
	}},
	{"Pairs/what another program changes makes its pair stale, and is delivered", pairDrifts},
	{"Pairs/no race hides what another program changes", pairRaces},
	{"Pairs/a plan sees the pair's record and leaves, and who owns the names, but no other's value", func(s *scene) {
		team := s.accounts(1)
		leaves := map[string]string{"A": "h1"}
		s.syncPairs(set("a"), team, vars{"A": "1", "BROKEN": "2"})
		s.sync(team[0], set("b"), vars{"C": "canary", "UNASKED": "canary"})
		_, err := s.fenced.SyncPairs(s.ctx, set("a"), team, nil, func(store.Pair, []store.EnvVar) store.EnvVarPlan {
			return store.EnvVarPlan{Mark: &store.Mark{Record: "r", Leaves: leaves}}
		})
		s.must(err)
		s.foreign(`UPDATE env_vars SET value = (SELECT v.value FROM env_vars v WHERE v.name = 'A') WHERE name = 'BROKEN'`)
		_, err = s.fenced.SyncPairs(s.ctx, set("a"), team, []string{"A", "C"}, func(p store.Pair, have []store.EnvVar) store.EnvVarPlan {
			if p.Account != team[0] || p.Record != "r" || !p.Stale || !cmp.Equal(p.Leaves, leaves) {
				s.Errorf("the pair is %+v", p)
			}
			want := []store.EnvVar{
				{Name: "A", Value: store.NewSecret([]byte("1")), Owner: set("a")}, {Name: "BROKEN", Owner: set("a"), Unreadable: true},
				{Name: "C", Owner: set("b")},
			}
			if diff := cmp.Diff(want, have); diff != "" {
				s.Errorf("variables (-want +got):\n%s", diff)
			}
			return store.EnvVarPlan{}
		})
		s.must(err)
	}},
	{"Pairs/one that is forgotten is none any more, and the others stay", func(s *scene) {
		team := s.accounts(2)
		s.syncPairs(set("a"), team, vars{"A": "1"})

		_, err := s.fenced.SyncPairs(s.ctx, set("a"), team[:1], nil, func(store.Pair, []store.EnvVar) store.EnvVarPlan {
			return store.EnvVarPlan{Changes: []store.EnvVarChange{change(store.EnvVarDelete, "A", "")}, Forget: true}
		})
		s.must(err)
		s.pairsAre(set("a"), "1 r-a")
		if got := s.values(team[0]); len(got) != 0 {
			s.Errorf("got %v", got)
		}
	}},
	{"Pairs/one without a record is shown where there are variables, and none that holds nothing", func(s *scene) {
		team := s.accounts(3)
		s.sync(team[0], set("a"), vars{"A": "1"}) // as by another set of the name, with one account
		s.sync(team[1], set("b"), vars{"A": "1"})
		s.pairsAre(set("a"), "0  stale")
	}},
	{"Pairs/an account that goes takes its pair along", func(s *scene) {
		team := s.accounts(2)
		s.syncPairs(set("a"), team, vars{"A": "1"})
		s.must(s.fenced.SettlePairs(s.ctx, set("a"), mark("all")))
		s.must(s.fenced.DeleteAccount(s.ctx, team[0], store.Deletion{}))
		s.pairsAre(set("a"), "1 r-a")
		s.recordIs("")
		s.must(s.fenced.DeleteAccount(s.ctx, team[1], store.Deletion{Retain: true}))
		s.pairsAre(set("a"), " r-a") // it is still there, and nobody's
	}},
	{"Pairs/an object's next life takes them over", func(s *scene) {
		team := s.accounts(2)
		again := set("a")
		again.UID = "uid-again"
		s.syncPairs(set("a"), team, vars{"A": "1"})
		owners, err := s.fenced.FormerOwners(s.ctx, store.Claim{}, again)
		s.must(err)
		if diff := cmp.Diff([]store.Claim{set("a")}, owners); diff != "" {
			s.Errorf("former owners (-want +got):\n%s", diff)
		}
		s.must(s.fenced.Rebind(s.ctx, set("a"), again))
		s.pairsAre(again, "0 r-a", "1 r-a")
		s.pairsAre(set("a"))
	}},
	{"Pairs/an account that has another holder is doubted by the owner, which is delivered", func(s *scene) {
		team := s.accounts(2)
		s.syncPairs(set("a"), team, vars{"A": "1"})
		s.must(s.fenced.SettlePairs(s.ctx, set("a"), mark("all")))
		s.must(s.fenced.DeleteAccount(s.ctx, team[0], store.Deletion{Retain: true}))
		again := team[0]
		again.UID = "uid-again"
		live, _, err := s.fenced.AtAddress(s.ctx, again, email(again.Name))
		s.must(err)
		l := s.listen(s.fenced)

		s.must(s.fenced.Adopt(s.ctx, again, *live))

		l.hears(set("a"))
		s.pairsAre(set("a"), "0 r-a stale", "1 r-a")
		s.recordIs("all stale")
	}},
	{"Pairs/more than one transaction takes are shown page by page, and all are removed", func(s *scene) {
		const many = store.MaxPairs + 6
		team := s.accounts(many)
		s.syncPairs(set("a"), team[:store.MaxPairs], vars{"A": "1", "B": "2"})
		s.syncPairs(set("a"), team[store.MaxPairs:], vars{"A": "1", "B": "2"})
		shown, after := 0, ""
		for {
			page, err := s.fenced.Pairs(s.ctx, set("a"), after, 7)
			s.must(err)
			if len(page) == 0 {
				break
			}
			for _, p := range page {
				if p.Account != team[shown] {
					s.Fatalf("%v is shown in place of %v", p.Account, team[shown])
				}
				shown, after = shown+1, p.AccountID
			}
		}
		if shown != many {
			s.Errorf("%d of %d are shown", shown, many)
		}
		s.must(s.fenced.RemoveEnvVars(s.ctx, set("a"), false))
		if left := s.count(`SELECT count(*) FROM env_vars`) + s.count(`SELECT count(*) FROM applied_pairs`); left != "00" || s.record(set("a")) != "none" {
			s.Errorf("%s rows are left, and the record %q", left, s.record(set("a")))
		}
	}},
	{"Pairs/who waits for a name in one of the accounts is delivered when it comes free", func(s *scene) {
		team := s.accounts(2)
		s.sync(team[1], set("holder"), vars{"A": "1"})
		_, err := s.fenced.SyncPairs(s.ctx, set("a"), team, []string{"A"}, func(store.Pair, []store.EnvVar) store.EnvVarPlan {
			return plan(change(store.EnvVarAwait, "A", ""))(nil)
		})
		s.must(err)
		l := s.listen(s.fenced)
		s.must(s.fenced.RemoveEnvVars(s.ctx, set("holder"), false))
		l.hears(set("a"))
	}},
	{"Pairs/accounts with more than one transaction should read are refused together, and not alone", func(s *scene) {
		team := s.accounts(2)
		want := vars{}
		for n := range (9 << 20) / s.Store.Capabilities().MaxValueSize {
			want[fmt.Sprintf("V%d", n)] = strings.Repeat("x", s.Store.Capabilities().MaxValueSize)
		}
		for _, a := range team {
			s.syncPairs(set("a"), []store.Claim{a}, want)
		}
		if _, err := s.fenced.SyncPairs(s.ctx, set("a"), team, namesOf(want), pairPlan(set("a"), want)); !errors.Is(err, store.ErrTooMuch) {
			s.Errorf("got %v", err)
		}
		s.syncPairs(set("a"), team[:1], vars{"A": "1"})
	}},
	{"Pairs/owners of the same accounts, in any order, do not wait for each other for ever", func(s *scene) {
		team := s.accounts(8)
		turned := append(append([]store.Claim{}, team[4:]...), team[:4]...)
		var group sync.WaitGroup
		errs := make([]error, 4)
		for n := range errs {
			owner, accounts := set(fmt.Sprint(n)), [][]store.Claim{team, turned}[n%2]
			group.Go(func() {
				for range 10 {
					_, err := s.fenced.SyncPairs(s.ctx, owner, accounts, []string{"OF" + owner.Name}, pairPlan(owner, vars{"OF" + owner.Name: "1"}))
					errs[n] = errors.Join(errs[n], err)
				}
			})
		}
		group.Wait()
		s.must(errors.Join(errs...))
	}},
	{"Pairs/none, too many, and an account without a claim, are refused", func(s *scene) {
		nothing := func(store.Pair, []store.EnvVar) store.EnvVarPlan { return store.EnvVarPlan{} }
		for name, accounts := range map[string][]store.Claim{
			"none": nil, "too many": make([]store.Claim, store.MaxPairs+1), "nobody's": {{}},
		} {
			if _, err := s.fenced.SyncPairs(s.ctx, set("a"), accounts, nil, nothing); !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("%s: got %v", name, err)
			}
		}
		if _, err := s.fenced.Pairs(s.ctx, set("a"), "x", 1); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("an ID that is none: got %v", err)
		}
	}},
}
