package storetest

import (
	"maps"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// drift: a foreign write makes what the claim applied stale, in the same transaction, so that no crash loses it.
var drift = []promise{
	{"Drift/own writes keep the record", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.sync(account("alice"), set("b"), vars{"B": "1"})
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r-data"))
		s.must(err)
		for c, want := range map[store.Claim]string{account("alice"): "r-alice", set("a"): "r-a", set("b"): "r-b", connection("data"): "r-data"} {
			if got := s.record(c); got != want {
				s.Errorf("%v: %q", c, got)
			}
		}
	}},
	{"Drift/a foreign write makes the record of its claim stale, and of no other", makesStale},
	{"Drift/a foreign deletion makes the record stale", func(s *scene) {
		s.put(account("alice"))
		s.foreign(`DELETE FROM accounts`)
		if got := s.record(account("alice")); got != "r-alice stale" {
			s.Errorf("%q", got)
		}
	}},
	{"Drift/an own write makes it fresh again", func(s *scene) {
		s.put(account("alice"))
		s.foreign(`UPDATE accounts SET username = 'x'`)
		s.put(account("alice"))
		if got := s.record(account("alice")); got != "r-alice" {
			s.Errorf("%q", got)
		}
	}},
	{"Drift/a foreign write of what no object applies or shows is delivered and makes nothing stale", func(s *scene) {
		s.put(account("alice"))
		l := s.listen(s.fenced)
		s.foreign(`UPDATE accounts SET username = username, password_hash = 'x'`)
		l.hears(account("alice"))
		if got := s.record(account("alice")); got != "r-alice" {
			s.Errorf("%q", got)
		}
	}},
	{"Drift/an upsert of another program is delivered, also where the object waits already", func(s *scene) {
		s.put(account("alice"))
		for _, choice := range []string{"Enabled", "Disabled", "Enabled"} { // the statement of docs/stores.md
			s.foreign(`INSERT INTO notification_prefs (account_id, type, email) SELECT id, 'outbid', $1 FROM accounts WHERE deleted_at IS NULL
				ON CONFLICT (account_id, type) DO UPDATE SET email = excluded.email`, choice)
		}
		s.delivered(account("alice"))
		if got := s.account("alice").Events["outbid"]; got != "Enabled" {
			s.Errorf("it is %q", got)
		}
	}},
	{"Drift/a plan without a mark keeps the record", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarSet, "A", "2"))))
		if got := s.record(set("a")); got != "r-a" {
			s.Errorf("%q", got)
		}
	}},
	{"Drift/an altered value is shown as unreadable and can be written again", func(s *scene) {
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

func makesStale(s *scene) {
	everything := []store.Claim{account("alice"), set("a"), connection("data")}
	type foreign struct {
		query string
		about []store.Claim
	}
	var changes []foreign
	other := everySetting("other")
	for _, leaf := range other.Leaves() {
		changes = append(changes, foreign{`UPDATE accounts SET ` + leaf.Column + ` = '` + *leaf.Value + `'`, everything[:1]})
	}
	fresh := map[store.Claim]string{account("alice"): "r-alice", set("a"): "r-a", connection("data"): "r-data"}
	for _, change := range append(changes, []foreign{
		{`UPDATE accounts SET two_factor_policy = 'Required'`, everything[:1]},
		{`UPDATE accounts SET email_verified_at = '2026-01-02T03:04:05.678Z'`, everything[:1]},
		{`INSERT INTO notification_prefs (account_id, type, email) SELECT id, 'low_credit', 'Enabled' FROM accounts WHERE uid = 'uid-a-alice'`, everything[:1]},
		{`UPDATE notification_prefs SET email = 'Disabled'`, everything[:1]},
		{`DELETE FROM notification_prefs`, everything[:1]},
		{`UPDATE env_vars SET owner_cluster = NULL, owner_uid = NULL WHERE name = 'A'`, everything[1:2]},
		{`DELETE FROM env_vars`, everything[1:2]},
		{`UPDATE connections SET bucket = 'x'`, everything[2:]},
		{`DELETE FROM connections`, everything[2:]},
		{`UPDATE accounts SET deleted_at = created_at`, everything[:1]},
	}...) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r-data"))
		s.must(err)
		s.foreign(change.query)
		want := maps.Clone(fresh)
		for _, c := range change.about {
			want[c] += " stale"
		}
		got := map[store.Claim]string{}
		for _, c := range everything {
			got[c] = s.record(c)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Errorf("%s: %s", change.query, diff)
		}
	}
}
