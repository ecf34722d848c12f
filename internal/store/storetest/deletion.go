package storetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var guardedDeletion = []promise{
	{"GuardedDeletion/every kind blocks, with its count and first IDs", func(s *scene) {
		id := s.put(account("alice")).ID
		s.foreign(`INSERT INTO machines (id, account_id) VALUES ('m-1', $1), ('m-2', $1)`, id)
		s.foreign(`INSERT INTO clusters (id, account_id) VALUES ('c-1', $1)`, id)
		s.foreign(`INSERT INTO volumes (id, account_id) VALUES ('v-1', $1)`, id)
		var first []string
		for n := range 12 {
			name := fmt.Sprintf("i-%02d", n)
			s.foreign(`INSERT INTO instances (id, account_id) SELECT CAST($1 AS TEXT), id FROM accounts WHERE email = 'alice@example.com'`, name)
			first = append(first, name)
		}
		blocked := (*store.BlockedError)(nil)
		if err := s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}); !errors.As(err, &blocked) {
			s.Fatalf("got %v", err)
		}
		want := []store.Blocker{
			{Kind: "Cluster", Count: 1, IDs: []string{"c-1"}},
			{Kind: "Instance", Count: 12, IDs: first[:store.MaxBlockerIDs]},
			{Kind: "Machine", Count: 2, IDs: []string{"m-1", "m-2"}},
			{Kind: "Volume", Count: 1, IDs: []string{"v-1"}},
		}
		if diff := cmp.Diff(want, blocked.Blockers); diff != "" {
			s.Error(diff)
		}
		if _, err := s.fenced.Account(s.ctx, account("alice")); err != nil {
			s.Error(err)
		}
	}},
	{"GuardedDeletion/nothing comes to an account that is deleted or never was", func(s *scene) {
		id := s.put(account("alice")).ID
		other := s.put(account("bob")).ID
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		for _, table := range []string{"machines", "clusters", "instances", "volumes"} {
			s.foreign(`INSERT INTO `+table+` (id, account_id) VALUES ('x', $1)`, other)
			for _, query := range []string{
				`INSERT INTO ` + table + ` (id, account_id) VALUES ('y', $1)`,
				`INSERT INTO ` + table + ` (id, account_id) VALUES ('z', $1 + 100)`,
				`UPDATE ` + table + ` SET account_id = $1 WHERE id = 'x'`,
			} {
				if err := s.SQL(query, atoi(id)); err == nil {
					s.Errorf("accepted: %s", query)
				}
			}
		}
	}},
	{"GuardedDeletion/other programs cannot delete an account that has something either", func(s *scene) {
		id := s.put(account("alice")).ID
		s.foreign(`INSERT INTO volumes (id, account_id) VALUES ('v', $1)`, id)
		for _, query := range []string{`DELETE FROM accounts`, `UPDATE accounts SET deleted_at = created_at`} {
			if err := s.SQL(query); err == nil {
				s.Errorf("accepted: %s", query)
			}
		}
	}},
	{"GuardedDeletion/what hangs on the account goes with it", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		for _, table := range []string{"env_vars", "connections", "accounts WHERE deleted_at IS NULL", "applied WHERE record <> ''"} {
			if n := s.count(`SELECT count(*) FROM ` + table); n != "0" {
				s.Errorf("%s in %s", n, table)
			}
		}
	}},
	{"GuardedDeletion/a retained account stays as it is, and nobody's", func(s *scene) {
		id := s.put(account("alice")).ID
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.foreign(`INSERT INTO volumes (id, account_id) VALUES ('v', $1)`, id)
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{Retain: true}))
		if _, err := s.fenced.Account(s.ctx, account("alice")); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("got %v", err)
		}
		if n := s.count(`SELECT count(*) FROM accounts WHERE uid IS NULL AND deleted_at IS NULL`); n != "1" {
			s.Errorf("%s rows", n)
		}
		if n := s.count(`SELECT count(*) FROM env_vars WHERE owner_uid IS NOT NULL`); n != "1" {
			s.Errorf("%s variables", n)
		}
	}},
	{"GuardedDeletion/200 races with a dependent leave no orphan", races},
}

// races lets a deletion and a new instance meet: one of them wins, never both.
func races(s *scene) {
	var blocked, refused int
	for n := range 200 {
		c := account(fmt.Sprintf("racer-%d", n))
		id := s.put(c).ID
		var group sync.WaitGroup
		var deletion, insertion error
		group.Go(func() { deletion = s.fenced.DeleteAccount(s.ctx, c, store.Deletion{}) })
		group.Go(func() {
			insertion = s.SQL(`INSERT INTO instances (id, account_id) VALUES ($1, $2)`, c.Name, atoi(id))
		})
		group.Wait()
		switch {
		case errors.As(deletion, new(*store.BlockedError)) && insertion == nil:
			blocked++
		case deletion == nil && insertion != nil:
			refused++
		default:
			s.Fatalf("round %d: deletion %v, insertion %v", n, deletion, insertion)
		}
	}
	if n := s.count(`SELECT count(*) FROM instances i JOIN accounts a ON a.id = i.account_id WHERE a.deleted_at IS NOT NULL`); n != "0" {
		s.Errorf("%s orphans", n)
	}
	s.Logf("deletion blocked %d times, insertion refused %d times", blocked, refused)
}
