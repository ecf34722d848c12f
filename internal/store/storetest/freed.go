package storetest

import (
	"errors"

	"github.com/account-operator/account-operator/internal/store"
)

// freed: who waits for a name, an address or the end of what blocks a deletion is delivered when it is free, whoever freed it.
var freed = []promise{
	{"Freed/an address, by our own deletion", addressFreed(func(s *scene) {
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
	})},
	{"Freed/an address, by our own change", addressFreed(func(s *scene) {
		_, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: "new@example.com"}, mark("r"))
		s.must(err)
	})},
	{"Freed/an address, by a foreign change", addressFreed(func(s *scene) {
		s.foreign(`UPDATE accounts SET email = 'new@example.com'`)
	}, account("alice"))},
	{"Freed/an address, by a foreign deletion", addressFreed(func(s *scene) {
		s.foreign(`DELETE FROM accounts`)
	}, account("alice"))},
	{"Freed/a name, by the owner's plan", nameFreed(func(s *scene) { s.sync(account("alice"), set("a"), vars{"B": "1"}) })},
	{"Freed/a name, released by the owner's plan", nameFreed(func(s *scene) {
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarRelease, "A", ""))))
	})},
	{"Freed/a name, by the owner's removal", nameFreed(func(s *scene) { s.must(s.fenced.RemoveEnvVars(s.ctx, set("a"), false)) })},
	{"Freed/a name, by the owner's retained removal", nameFreed(func(s *scene) { s.must(s.fenced.RemoveEnvVars(s.ctx, set("a"), true)) })},
	{"Freed/a name, by a foreign deletion", nameFreed(func(s *scene) { s.foreign(`DELETE FROM env_vars`) }, set("a"))},
	{"Freed/a name, by a foreign release", nameFreed(func(s *scene) {
		s.foreign(`UPDATE env_vars SET owner_cluster = NULL, owner_uid = NULL`)
	}, set("a"))},
	{"Freed/a name, by the account's deletion", nameFreed(func(s *scene) {
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
	})},
	{"Freed/a blocked deletion, by each blocker's end", blockersFreed},
	{"Freed/who got what it wanted no longer waits", func(s *scene) {
		s.put(account("alice"))
		s.conflict(account("bob"), email("alice"))
		s.put(account("bob")) // with an address of its own
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.await(set("b"))
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("b"), plan())) // wants it no longer
		s.await(set("c"))
		s.must(s.fenced.RemoveEnvVars(s.ctx, set("c"), false))
		if n := s.count(`SELECT count(*) FROM waits`); n != "0" {
			s.Errorf("%s wait", n)
		}
	}},
	{"Freed/waiting twice writes once", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		for range 2 {
			s.conflict(account("bob"), email("alice"))
			s.await(set("b"))
		}
		if n := s.count(`SELECT count(*) FROM waits`); n != "2" {
			s.Errorf("%s wait", n)
		}
	}},
}

func (s *scene) conflict(c store.Claim, address string) {
	s.Helper()
	_, err := s.fenced.PutAccount(s.ctx, c, store.AccountSpec{Email: address}, mark("r"))
	if !errors.As(err, new(*store.ConflictError)) {
		s.Fatalf("got %v", err)
	}
}

// await makes the owner wait for alice's variable A.
func (s *scene) await(owner store.Claim) {
	s.Helper()
	s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), owner, plan(change(store.EnvVarAwait, "A", ""))))
}

// addressFreed proves that bob, who waits for alice's address, is delivered, besides those that the write itself concerns.
func addressFreed(free func(*scene), also ...store.Claim) func(*scene) {
	return func(s *scene) {
		s.put(account("alice"))
		s.conflict(account("bob"), "Alice@Example.com")
		l := s.listen(s.fenced)
		free(s)
		l.hears(append(also, account("bob"))...)
		l.silent()
		_, err := s.fenced.PutAccount(s.ctx, account("bob"), store.AccountSpec{Email: email("alice")}, mark("r"))
		s.must(err)
	}
}

func nameFreed(free func(*scene), also ...store.Claim) func(*scene) {
	return func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.await(set("b"))
		l := s.listen(s.fenced)
		free(s)
		l.hears(append(also, set("b"))...)
		l.silent()
	}
}

func blockersFreed(s *scene) {
	id, other := s.put(account("alice")).ID, s.put(account("bob")).ID
	l := s.listen(s.fenced)
	for _, table := range []string{"machines", "clusters", "instances", "volumes"} {
		for _, end := range []string{`DELETE FROM ` + table, `UPDATE ` + table + ` SET account_id = $1`} {
			s.foreign(`INSERT INTO `+table+` (id, account_id) VALUES ('x', $1)`, atoi(id))
			for range 2 {
				if err := s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}); !errors.As(err, new(*store.BlockedError)) {
					s.Fatalf("got %v", err)
				}
			}
			if end == `DELETE FROM `+table {
				s.foreign(end)
			} else {
				s.foreign(end, atoi(other))
			}
			l.hears(account("alice"))
		}
	}
	l.silent()
	s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
}
