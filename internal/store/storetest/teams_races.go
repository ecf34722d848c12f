package storetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/long"
)

// teamRaces lets a deletion meet what would leave something without an account: one of the two wins, never both.
var teamRaces = []promise{
	{"Teams/no race with a new dependent of an owned team leaves an orphan", raced(
		`INSERT INTO instances (id, team_id) VALUES ($1, $1)`)},
	{"Teams/no race with a dependent that moves into an owned team leaves an orphan", raced(
		`UPDATE volumes SET account_id = NULL, team_id = $1 WHERE id = $1`)},
	{"Teams/no race with a new team leaves an orphan", raced(
		`INSERT INTO teams (id, owner_id) SELECT $1 || '-new', id FROM accounts WHERE name = $1`)},
	{"Teams/no race with a team that is given leaves an orphan", raced(
		`UPDATE teams SET owner_id = (SELECT id FROM accounts WHERE name = $1) WHERE id = $1 || '-other'`)},
	{"Teams/no race with a new member leaves an orphan", raced(
		`INSERT INTO team_members (team_id, account_id) SELECT $1 || '-other', id FROM accounts WHERE name = $1`)},
}

// raced runs the other program's statement, for the name of the account, its team and its volume, beside the deletion.
func raced(query string) func(*scene) {
	return func(s *scene) {
		raced := s.isCase("G5", query, "at the same time as the deletion")
		s.put(account("other"))
		refused, rounds := 0, long.Choose(40, 200)
		for n := range rounds {
			name := fmt.Sprintf("alice-%d", n)
			s.put(account(name))
			s.team(name, name)
			s.team(name+"-other", "other")
			s.foreign(`INSERT INTO volumes (id, account_id) SELECT CAST($1 AS TEXT), id FROM accounts WHERE name = 'other'`, name)
			var group sync.WaitGroup
			var deletion, coming error
			group.Go(func() {
				deletion = s.insist(func() error { return s.fenced.DeleteAccount(s.ctx, account(name), store.Deletion{}) })
			})
			group.Go(func() { coming = s.SQL(query, name) })
			group.Wait()
			if deletion != nil && !errors.As(deletion, new(*store.BlockedError)) {
				s.Fatalf("round %d: deletion %v, the other %v", n, deletion, coming)
			}
			if coming != nil {
				refused++
			}
			raced.Add(1)
		}
		s.noOrphans()
		s.Logf("%d of %d were refused", refused, rounds)
	}
}
