package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// shown: what an object's status shows of its account comes back with every answer.
var shown = []promise{
	{"Shown/the variables and connections are counted, whoever owns them", func(s *scene) {
		s.put(account("alice"))
		s.put(account("bob"))
		s.sync(account("alice"), set("a"), vars{"A": "1", "B": "2"})
		s.sync(account("bob"), set("b"), vars{"A": "1"})
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarRelease, "A", ""))))
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		put := s.put(account("alice"))
		got, err := s.fenced.Account(s.ctx, account("alice"))
		s.must(err)
		if diff := cmp.Diff(put, got); diff != "" || got.Held[store.KindEnvVarSet] != 2 || got.Held[store.KindCloudConnection] != 1 {
			s.Errorf("it has %v %s", got.Held, diff)
		}
	}},
	{"Shown/what runs in an account is counted by kind, with what its teams have", func(s *scene) {
		id := atoi(s.put(account("alice")).ID)
		s.put(account("bob"))
		s.foreign(`INSERT INTO teams (id, name, owner_id) VALUES ('t', 'a team', $1)`, id)
		s.foreign(`INSERT INTO volumes (id, account_id) VALUES ('v', $1)`, id)
		s.foreign(`INSERT INTO instances (id, account_id) VALUES ('i', $1)`, id)
		s.foreign(`INSERT INTO instances (id, team_id) VALUES ('j', 't')`)
		put := s.put(account("alice"))
		want := []store.Dependent{{Kind: "Instance", Count: 2, InTeams: 1}, {Kind: "Volume", Count: 1}}
		for how, got := range map[string]store.Account{"put": put, "read": s.account("alice")} {
			if diff := cmp.Diff(want, got.Dependents); diff != "" {
				s.Errorf("%s (-want +got):\n%s", how, diff)
			}
		}
		if got := s.account("bob").Dependents; len(got) != 0 {
			s.Errorf("bob has %+v", got)
		}
	}},
	{"Shown/all accounts are read in pages, each as by itself", func(s *scene) {
		for _, name := range []string{"alice", "bob", "carol", "dave"} {
			s.put(account(name))
		}
		s.sync(account("alice"), set("a"), vars{"A": "1", "B": "2"})
		s.sync(account("carol"), set("c"), vars{"A": "1"})
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("carol"), s3, mark("r"))
		s.must(err)
		s.must(s.fenced.DeleteAccount(s.ctx, account("dave"), store.Deletion{}))
		for _, name := range []string{"alice", "carol"} {
			of := ` FROM accounts WHERE name = '` + name + `'`
			s.foreign(`INSERT INTO notification_prefs (account_id, type, email) SELECT id, 'outbid', 'Disabled'` + of)
			s.foreign(`INSERT INTO notification_prefs (account_id, type, email) SELECT id, 'low_credit', 'Enabled'` + of)
			s.foreign(`INSERT INTO factors (account_id, method) SELECT id, 'BackupCode'` + of)
			s.foreign(`INSERT INTO volumes (id, account_id) SELECT 'v-` + name + `', id` + of)
		}
		var got []store.Account
		for after := ""; ; after = got[len(got)-1].Claim.UID {
			page, err := s.fenced.Accounts(s.ctx, after, 2)
			s.must(err)
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
		}
		var want []store.Account
		for _, name := range []string{"alice", "bob", "carol"} {
			a, err := s.fenced.Account(s.ctx, account(name))
			s.must(err)
			want = append(want, a)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
		if carol := want[2]; carol.Held[store.KindEnvVarSet] != 1 || carol.Held[store.KindCloudConnection] != 1 || len(carol.Events) != 2 || len(carol.Factors.Methods) != 1 || len(carol.Dependents) != 1 {
			s.Errorf("carol has %+v", carol)
		}
	}},
	{"Shown/an address is verified, and not the next one", func(s *scene) {
		s.put(account("alice"))
		l := s.listen(s.fenced)
		s.foreign(`UPDATE accounts SET email_verified_at = '2026-01-02T03:04:05.678Z'`)
		l.hears(account("alice"))
		if got, want := s.account("alice").EmailVerified, time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC); got != want {
			s.Errorf("got %s", got)
		}
		put, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: "other@example.com"}, mark("r"))
		s.must(err)
		if got := s.account("alice"); !got.EmailVerified.IsZero() || !put.EmailVerified.IsZero() {
			s.Errorf("got %s and %s", put.EmailVerified, got.EmailVerified)
		}
	}},
	{"Shown/a time that nobody can read is refused", func(s *scene) {
		s.put(account("alice"))
		for _, text := range []string{"'yesterday noon'", "''"} {
			if s.SQL(`UPDATE accounts SET email_verified_at = `+text) == nil {
				s.Errorf("accepted: %s", text)
			}
		}
	}},
}
