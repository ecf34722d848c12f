package storetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// teams: an account that goes takes its teams along, or hands them over.
var teams = []promise{
	{"Teams/what belongs to an owned team blocks as well, and is counted apart", func(s *scene) {
		s.put(account("alice"))
		s.team("t", "alice")
		s.foreign(`INSERT INTO machines (id, team_id) VALUES ('m-1', 't'), ('m-2', 't')`)
		s.foreign(`INSERT INTO machines (id, account_id) SELECT 'm-0', id FROM accounts`)
		s.foreign(`INSERT INTO volumes (id, team_id) VALUES ('v-1', 't')`)
		s.isBlocked(store.Deletion{},
			store.Blocker{Kind: "Machine", Count: 3, InTeams: 2, IDs: []string{"m-0", "m-1", "m-2"}},
			store.Blocker{Kind: "Volume", Count: 1, InTeams: 1, IDs: []string{"v-1"}})
		s.put(account("bob"))
		s.isBlocked(store.Deletion{TransferTeamsTo: account("bob")}, store.Blocker{Kind: "Machine", Count: 1, IDs: []string{"m-0"}})
	}},
	{"Teams/with its owner a team goes, and every membership", func(s *scene) {
		s.put(account("alice"))
		s.put(account("bob"))
		s.team("hers", "alice", "bob")
		s.team("his", "bob", "alice")
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		s.has([][]string{{"his", "bob@example.com"}}, nil)
	}},
	{"Teams/an heir gets the teams, and is no member besides", func(s *scene) {
		for _, name := range []string{"alice", "bob", "carol"} {
			s.put(account(name))
		}
		s.team("a", "alice", "bob", "carol")
		s.team("b", "alice")
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{TransferTeamsTo: account("bob")}))
		s.has([][]string{{"a", "bob@example.com"}, {"b", "bob@example.com"}}, [][]string{{"a", "carol@example.com"}})
		if n := s.count(`SELECT count(*) FROM audit u JOIN accounts a ON a.id = u.account_id WHERE op = 'TransferTeams' AND a.name = 'bob'`); n != "1" {
			s.Errorf("%s rows of the audit", n)
		}
	}},
	{"Teams/without its heir an account with teams stays, and one without goes", func(s *scene) {
		s.put(account("alice"))
		s.put(account("bob"))
		s.deleted("gone")
		s.team("t", "alice")
		for _, heir := range []store.Claim{account("nobody"), account("gone"), account("alice")} {
			if err := s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{TransferTeamsTo: heir}); !errors.Is(err, store.ErrNoHeir) {
				s.Errorf("%v: got %v", heir, err)
			}
		}
		s.has([][]string{{"t", "alice@example.com"}}, nil)
		s.must(s.fenced.DeleteAccount(s.ctx, account("bob"), store.Deletion{TransferTeamsTo: account("nobody")}))
	}},
	{"Teams/a retained account keeps its teams and memberships", func(s *scene) {
		s.put(account("alice"))
		s.put(account("bob"))
		s.team("hers", "alice")
		s.team("his", "bob", "alice")
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{Retain: true}))
		s.has([][]string{{"hers", "alice@example.com"}, {"his", "bob@example.com"}}, [][]string{{"his", "alice@example.com"}})
	}},
	{"Teams/other programs make no team, member or dependent of what is not there", refusesOrphans},
	{"Teams/an account that another program deletes must have given its teams away, and leaves the others", func(s *scene) {
		s.put(account("alice"))
		s.put(account("bob"))
		s.team("hers", "alice")
		s.team("his", "bob", "alice")
		for _, query := range []string{`DELETE FROM accounts WHERE name = 'alice'`, `UPDATE accounts SET deleted_at = created_at WHERE name = 'alice'`} {
			if s.SQL(query) == nil {
				s.Errorf("accepted: %s", query)
			}
		}
		s.foreign(`UPDATE teams SET owner_id = (SELECT id FROM accounts WHERE name = 'bob')`)
		s.foreign(`UPDATE accounts SET deleted_at = created_at WHERE name = 'alice'`)
		s.has([][]string{{"hers", "bob@example.com"}, {"his", "bob@example.com"}}, nil)
	}},
	{"Teams/two accounts that are each other's heirs do not both go", func(s *scene) {
		for n := range 20 {
			one, two := account(fmt.Sprintf("one-%d", n)), account(fmt.Sprintf("two-%d", n))
			s.put(one)
			s.put(two)
			s.team(one.Name, one.Name)
			s.team(two.Name, two.Name)
			var group sync.WaitGroup
			errs := make([]error, 2)
			for i, pair := range [][2]store.Claim{{one, two}, {two, one}} {
				group.Go(func() {
					errs[i] = s.insist(func() error { return s.fenced.DeleteAccount(s.ctx, pair[0], store.Deletion{TransferTeamsTo: pair[1]}) })
				})
			}
			group.Wait()
			if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), store.ErrNoHeir) {
				s.Fatalf("got %v", errs)
			}
		}
		s.noOrphans()
	}},
}

// team is made by another program, with members besides the owner.
func (s *scene) team(id, owner string, members ...string) {
	s.Helper()
	s.foreign(`INSERT INTO teams (id, name, owner_id) SELECT CAST($1 AS TEXT), 'a team', id FROM accounts WHERE email = $2 AND deleted_at IS NULL`, id, email(owner))
	for _, m := range members {
		s.foreign(`INSERT INTO team_members (team_id, account_id) SELECT CAST($1 AS TEXT), id FROM accounts WHERE email = $2 AND deleted_at IS NULL`, id, email(m))
	}
}

// has compares all teams with their owners, and all members.
func (s *scene) has(teams, members [][]string) {
	s.Helper()
	gotTeams, err := s.Rows(`SELECT t.id, a.email FROM teams t JOIN accounts a ON a.id = t.owner_id ORDER BY t.id`)
	s.must(err)
	gotMembers, err := s.Rows(`SELECT m.team_id, a.email FROM team_members m JOIN accounts a ON a.id = m.account_id ORDER BY m.team_id, a.email`)
	s.must(err)
	if diff := cmp.Diff(teams, gotTeams) + cmp.Diff(members, gotMembers); diff != "" {
		s.Error(diff)
	}
}

// isBlocked tries to delete alice.
func (s *scene) isBlocked(how store.Deletion, want ...store.Blocker) {
	s.Helper()
	blocked := (*store.BlockedError)(nil)
	if err := s.fenced.DeleteAccount(s.ctx, account("alice"), how); !errors.As(err, &blocked) {
		s.Fatalf("got %v", err)
	}
	if diff := cmp.Diff(want, blocked.Blockers); diff != "" {
		s.Error(diff)
	}
}

// noOrphans looks for anything that belongs to an account that is not there.
func (s *scene) noOrphans() {
	s.Helper()
	for what, query := range map[string]string{
		"dependents":  `SELECT count(*) FROM dependents d LEFT JOIN accounts a ON a.id = d.holder_id WHERE a.id IS NULL OR a.deleted_at IS NOT NULL`,
		"teams":       `SELECT count(*) FROM teams t LEFT JOIN accounts a ON a.id = t.owner_id WHERE a.id IS NULL OR a.deleted_at IS NOT NULL`,
		"memberships": `SELECT count(*) FROM team_members m LEFT JOIN accounts a ON a.id = m.account_id LEFT JOIN teams t ON t.id = m.team_id WHERE a.id IS NULL OR a.deleted_at IS NOT NULL OR t.id IS NULL`,
	} {
		if n := s.count(query); n != "0" {
			s.Errorf("%s %s of nobody", n, what)
		}
	}
	for _, table := range dependentTables {
		if n := s.count(`SELECT count(*) FROM ` + table + ` d LEFT JOIN teams t ON t.id = d.team_id WHERE d.team_id IS NOT NULL AND t.id IS NULL`); n != "0" {
			s.Errorf("%s %s of no team", n, table)
		}
	}
}

var dependentTables = []string{"machines", "clusters", "instances", "volumes"}

func refusesOrphans(s *scene) {
	s.put(account("alice"))
	gone := atoi(s.deleted("gone").ID)
	s.team("t", "alice")
	queries := []string{
		`INSERT INTO teams (id, owner_id) VALUES ('x', $1)`, `INSERT INTO teams (id, owner_id) VALUES ('x', $1 + 100)`,
		`UPDATE teams SET owner_id = $1`, `UPDATE teams SET owner_id = $1 + 100`,
		`INSERT INTO team_members (team_id, account_id) VALUES ('t', $1)`,
		`INSERT INTO team_members (team_id, account_id) SELECT 'none', id FROM accounts WHERE id <> $1`,
	}
	for _, table := range dependentTables {
		s.foreign(`INSERT INTO ` + table + ` (id, team_id) VALUES ('in', 't')`)
		queries = append(queries,
			`INSERT INTO `+table+` (id, team_id) SELECT 'x', 'none' WHERE $1 > 0`,
			`INSERT INTO `+table+` (id) SELECT 'x' WHERE $1 > 0`,
			`INSERT INTO `+table+` (id, team_id, account_id) SELECT 'x', 't', id FROM accounts WHERE id <> $1`,
			`UPDATE `+table+` SET team_id = 'none' WHERE $1 > 0`,
			`UPDATE `+table+` SET team_id = NULL, account_id = $1`,
			`UPDATE `+table+` SET team_id = NULL WHERE $1 > 0`,
		)
	}
	for _, query := range append(queries, `DELETE FROM teams WHERE $1 > 0`) {
		if err := s.SQL(query, gone); err == nil {
			s.Errorf("accepted: %s", query)
		}
	}
	s.noOrphans()
}
