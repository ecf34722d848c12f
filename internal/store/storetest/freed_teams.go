package storetest

import (
	"errors"
	"fmt"

	"github.com/account-operator/account-operator/internal/store"
)

// freedTeams: what a deletion waits for may also be in a team, or be the account that is to get the teams.
var freedTeams = []promise{
	{"Freed/a deletion that something in an owned team blocks, by each end of that", func(s *scene) {
		s.put(account("alice"))
		other := atoi(s.put(account("bob")).ID)
		s.team("theirs", "bob")
		l := s.listen(s.fenced)
		for _, table := range dependentTables {
			for _, end := range []string{
				`DELETE FROM ` + table + ` WHERE $1 > 0`,
				`UPDATE ` + table + ` SET team_id = NULL, account_id = $1`,
				`UPDATE ` + table + ` SET team_id = 'theirs' WHERE $1 > 0`,
				`UPDATE teams SET owner_id = $1 WHERE id = 't'`,
			} {
				s.team("t", "alice")
				s.foreign(`INSERT INTO ` + table + ` (id, team_id) VALUES ('x', 't')`)
				for range 2 {
					if err := s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}); !errors.As(err, new(*store.BlockedError)) {
						s.Fatalf("%s: got %v", end, err)
					}
				}
				s.foreign(end, other)
				l.hears(account("alice"))
				s.foreign(`DELETE FROM ` + table)
				s.foreign(`DELETE FROM teams WHERE id = 't'`)
			}
		}
		l.silent()
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
	}},
	{"Freed/a deletion without its heir, by a new account", heirComes(func(s *scene) { s.put(account("bob")) })},
	{"Freed/a deletion without its heir, by an adopted account", heirComes(func(s *scene) {
		s.must(s.fenced.Adopt(s.ctx, account("bob"), s.nobodys("free")))
	})},
	{"Freed/a deletion without its heir, by a restored account", heirComes(func(s *scene) {
		s.must(s.fenced.Restore(s.ctx, account("bob"), s.deleted("gone").ID))
	})},
	{"Freed/a deletion without its heir, by a foreign insertion", heirComes(func(s *scene) {
		s.foreign(`INSERT INTO accounts (email, cluster, uid) VALUES ('bob@example.com', 'cluster-1', 'uid-a-bob')`)
	}, store.Claim{Cluster: cluster, Kind: store.KindAccount, UID: "uid-a-bob"})},
	{"Freed/no race loses an heir", func(s *scene) {
		s.meet(func(n int) (store.Claim, func() error, func() error) {
			c, heir := account(fmt.Sprintf("alice-%d", n)), account(fmt.Sprintf("bob-%d", n))
			s.put(c)
			s.team(c.Name, c.Name)
			return c,
				func() error { return s.fenced.DeleteAccount(s.ctx, c, store.Deletion{TransferTeamsTo: heir}) },
				func() error {
					_, err := s.fenced.PutAccount(s.ctx, heir, store.AccountSpec{Email: email(heir.Name)}, mark("r"))
					return err
				}
		})
		s.noOrphans()
	}},
	{"Freed/no race loses a deletion whose team is given away", func(s *scene) {
		other := atoi(s.put(account("other")).ID)
		s.meet(func(n int) (store.Claim, func() error, func() error) {
			c := account(fmt.Sprintf("alice-%d", n))
			s.put(c)
			s.team(c.Name, c.Name)
			s.foreign(`INSERT INTO volumes (id, team_id) VALUES ($1, $2)`, c.Name, c.Name)
			return c,
				func() error { return s.fenced.DeleteAccount(s.ctx, c, store.Deletion{}) },
				func() error { return s.SQL(`UPDATE teams SET owner_id = $1 WHERE id = $2`, other, c.Name) }
		})
		s.noOrphans()
	}},
}

// heirComes proves that alice's deletion, which waits for bob, is delivered when he comes, besides those that the write itself
// concerns.
func heirComes(come func(*scene), also ...store.Claim) func(*scene) {
	return func(s *scene) {
		s.put(account("alice"))
		s.team("t", "alice")
		how := store.Deletion{TransferTeamsTo: account("bob")}
		for range 2 {
			if err := s.fenced.DeleteAccount(s.ctx, account("alice"), how); !errors.Is(err, store.ErrNoHeir) {
				s.Fatalf("got %v", err)
			}
		}
		if n := s.count(`SELECT count(*) FROM waits`); n != "1" {
			s.Errorf("%s wait", n)
		}
		l := s.listen(s.fenced)
		come(s)
		l.hears(append(also, account("alice"))...)
		l.silent()
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), how))
	}
}
