package storetest

import (
	"github.com/account-operator/account-operator/internal/store"
)

// drift: a foreign write clears what the claim applied, in the same transaction, so that no crash loses it.
var drift = []promise{
	{"Drift/own writes keep the record", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.sync(account("alice"), set("b"), vars{"B": "1"})
		_, err := s.led.PutConnection(s.ctx, connection("data"), account("alice"), s3, mark("r-data"))
		s.must(err)
		for c, want := range map[store.Claim]string{account("alice"): "r-alice", set("a"): "r-a", set("b"): "r-b", connection("data"): "r-data"} {
			if got := s.record(c); got != want {
				s.Errorf("%v: %q", c, got)
			}
		}
	}},
	{"Drift/a foreign write clears the record of its claim and of no other", clearsRecord},
	{"Drift/a plan without a mark keeps the record", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.must(s.led.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarSet, "A", "2"))))
		if got := s.record(set("a")); got != "r-a" {
			s.Errorf("%q", got)
		}
	}},
	{"Drift/an altered value is shown as unreadable and can be written anew", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1", "B": "2"})
		s.foreign(`UPDATE env_vars SET value = (SELECT v.value FROM env_vars v WHERE v.name = 'A') WHERE name = 'B'`)
		got := s.look(account("alice"))
		if got[0].Unreadable || !got[1].Unreadable || got[1].Value.Len() != 0 || got[1].Owner != set("a") {
			s.Errorf("got %+v", got)
		}
		s.sync(account("alice"), set("a"), vars{"A": "1", "B": "2"})
		if got := s.values(account("alice"))["B"]; got != "2" {
			s.Errorf("got %q", got)
		}
	}},
}

func clearsRecord(s *scene) {
	everything := []store.Claim{account("alice"), set("a"), connection("data")}
	for _, change := range []struct {
		query string
		about store.Claim
	}{
		{`UPDATE accounts SET username = 'x'`, account("alice")},
		{`UPDATE env_vars SET owner_cluster = NULL, owner_uid = NULL WHERE name = 'A'`, set("a")},
		{`DELETE FROM env_vars`, set("a")},
		{`UPDATE connections SET bucket = 'x'`, connection("data")},
		{`DELETE FROM connections`, connection("data")},
		{`UPDATE accounts SET deleted_at = created_at`, account("alice")},
		{`DELETE FROM accounts`, account("alice")},
	} {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		_, err := s.led.PutConnection(s.ctx, connection("data"), account("alice"), s3, mark("r-data"))
		s.must(err)
		s.foreign(change.query)
		for _, c := range everything {
			// A row that goes takes the rows below along, by foreign key.
			if got := s.record(c); (got == "") != (c == change.about) && change.query != `DELETE FROM accounts` {
				s.Errorf("%s: %v has %q", change.query, c, got)
			}
		}
		if s.record(change.about) != "" {
			s.Errorf("%s: the record stays", change.query)
		}
	}
}
