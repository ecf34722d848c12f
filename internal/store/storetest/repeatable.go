package storetest

import (
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var repeatable = []promise{
	{"Repeatable/an account put twice is one account, and made by the first put", func(s *scene) {
		first := s.put(account("alice"))
		second := s.put(account("alice"))
		if !first.Created || second.Created {
			s.Errorf("made by the first: %t, by the second: %t", first.Created, second.Created)
		}
		first.Created = false
		if diff := cmp.Diff(first, second); diff != "" {
			s.Error(diff)
		}
		if n := s.count(`SELECT count(*) FROM accounts`); n != "1" {
			s.Errorf("%s rows", n)
		}
	}},
	{"Repeatable/a put changes the leaves that are set and keeps the others", keepsLeaves},
	{"Repeatable/a new account has the defaults", func(s *scene) {
		put := s.put(account("alice"))
		want := store.Account{
			ID: put.ID, Claim: account("alice"), Email: email("alice"), Settings: store.Settings[string]{Theme: "System", Newsletter: "Unsubscribed"},
			TwoFactor: "Optional", EmailChange: store.EmailByPlatform, Referral: put.Referral, Confirmation: put.Confirmation, // the mail to confirm the address
			Held: noneHeld(),
		}
		got, err := s.fenced.Account(s.ctx, account("alice"))
		s.must(err)
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
	}},
	{"Repeatable/of many variables each keeps its own value, however many are new and however many change", func(s *scene) {
		s.put(account("alice"))
		want := vars{}
		for _, count := range []int{1, 3, 64, 65, 200} {
			for n := range count {
				want[fmt.Sprintf("V%d", n)] = fmt.Sprintf("%d of %d", n, count)
			}
			s.sync(account("alice"), set("a"), want)
			if diff := cmp.Diff(want, s.values(account("alice"))); diff != "" {
				s.Fatal(diff)
			}
		}
	}},
	{"Repeatable/a plan that says more of one variable ends with the last", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "0", "B": "0"})
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(
			change(store.EnvVarSet, "A", "1"), change(store.EnvVarSet, "C", "1"), change(store.EnvVarSet, "A", "2"),
			change(store.EnvVarSet, "D", "1"), change(store.EnvVarDelete, "D", ""),
			change(store.EnvVarDelete, "B", ""), change(store.EnvVarSet, "B", "3"))))
		if diff := cmp.Diff(vars{"A": "2", "B": "3", "C": "1"}, s.values(account("alice"))); diff != "" {
			s.Error(diff)
		}
	}},
	{"Repeatable/variables synced twice are the same variables", func(s *scene) {
		s.put(account("alice"))
		for range 2 {
			s.sync(account("alice"), set("a"), vars{"A": "1", "B": ""})
			if diff := cmp.Diff(vars{"A": "1", "B": ""}, s.values(account("alice"))); diff != "" {
				s.Error(diff)
			}
		}
	}},
	{"Repeatable/a connection put twice is one connection", func(s *scene) {
		s.put(account("alice"))
		first, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		second, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		got, err := s.fenced.Connections().Get(s.ctx, connection("data"))
		s.must(err)
		if diff := cmp.Diff([]store.Connection{first, first}, []store.Connection{second, got}); diff != "" {
			s.Error(diff)
		}
	}},
	{"Repeatable/deleting what is gone or never was succeeds", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		for range 2 {
			s.must(s.fenced.RemoveEnvVars(s.ctx, set("a"), false))
			s.must(s.fenced.Connections().Delete(s.ctx, connection("data"), false))
			s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
			s.must(s.fenced.DeleteAccount(s.ctx, account("never"), store.Deletion{}))
			s.must(s.fenced.DeleteAccount(s.ctx, account("never"), store.Deletion{Retain: true}))
		}
	}},
	{"Repeatable/what is not there is not found", func(s *scene) {
		_, noAccount := s.fenced.Account(s.ctx, account("alice"))
		_, noConnection := s.fenced.Connections().Get(s.ctx, connection("data"))
		_, noParent := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		noSync := s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarSet, "A", "1")))
		for _, err := range []error{noAccount, noConnection, noParent, noSync} {
			if !errors.Is(err, store.ErrNotFound) {
				s.Errorf("got %v", err)
			}
		}
	}},
}

func keepsLeaves(s *scene) {
	c := account("alice")
	every := everySetting("every")
	full := store.AccountSpec{
		Email: email("alice"), Settings: wanted(every),
		Events: map[string]string{"low_credit": "Disabled", "payment_failure": "Enabled"}, TwoFactor: "Required",
	}
	got, err := s.fenced.PutAccount(s.ctx, c, full, mark("r"))
	s.must(err)
	want := store.Account{
		ID: got.ID, Claim: c, Created: true, Email: email("alice"), Settings: every, Events: full.Events,
		TwoFactor: "Required", EmailChange: store.EmailByPlatform, Referral: store.Referral{Code: got.Referral.Code}, Confirmation: got.Confirmation,
		Held: noneHeld(),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
	want.Created, want.Email, want.Username, want.Invoice.Line2 = false, "alice@example.org", "", "second"
	want.Events = map[string]string{"low_credit": "Enabled", "payment_failure": "Enabled"}
	want.TwoFactor = "Optional" // it is nobody's but the platform team's
	got, err = s.fenced.PutAccount(s.ctx, c, store.AccountSpec{
		Email: "alice@example.org", Settings: store.Settings[*string]{Username: ptr(""), Invoice: store.Invoice[*string]{Line2: ptr("second")}},
		Events: map[string]string{"low_credit": "Enabled"},
	}, mark("r"))
	s.must(err)
	want.Confirmation = got.Confirmation // another address, another mail
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
}

// everySetting gives each setting a value of its own.
func everySetting(prefix string) (all store.Settings[string]) {
	for _, leaf := range all.Leaves() {
		*leaf.Value = prefix + " " + leaf.Column
	}
	all.Theme, all.Newsletter = "Dark", "Subscribed"
	return all
}

// wanted asks for exactly these settings.
func wanted(all store.Settings[string]) (want store.Settings[*string]) {
	values := all.Leaves()
	for n, leaf := range want.Leaves() {
		*leaf.Value = values[n].Value
	}
	return want
}

// noneHeld are the counts of an account that has no row of any kind.
func noneHeld() map[store.Kind]int {
	none := map[store.Kind]int{}
	for _, k := range store.ClaimingKinds {
		if k.Kind != store.KindAccount {
			none[k.Kind] = 0
		}
	}
	return none
}
