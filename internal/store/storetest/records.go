package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

func atoi(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

var audited = []promise{
	{"Audited/every write leaves who, what, which names and which generation", func(s *scene) {
		s.put(account("alice"))
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), func([]store.EnvVar) store.EnvVarPlan {
			return store.EnvVarPlan{
				Mark:    &store.Mark{Generation: 7, Record: "r"},
				Changes: []store.EnvVarChange{change(store.EnvVarSet, "B", "canary"), change(store.EnvVarSet, "A", "canary")},
			}
		}))
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		s.must(s.fenced.Connections().Delete(s.ctx, connection("data"), false))
		s.must(s.fenced.RemoveEnvVars(s.ctx, set("a"), true))
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		rows, err := s.Rows(`SELECT uid, op, generation, names FROM audit ORDER BY id`)
		s.must(err)
		var got []string
		for _, r := range rows {
			got = append(got, strings.Join(r, " "))
		}
		want := []string{
			`uid-a-alice PutAccount 1 {"set":["email"]}`,
			`uid-s-a SyncEnvVars 7 {"Set":["B","A"]}`,
			`uid-c-data PutConnection 1 null`,
			`uid-c-data DeleteConnection 0 null`,
			`uid-s-a RemoveEnvVars 0 {"release":["A","B"]}`,
			`uid-a-alice DeleteAccount 0 null`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
	}},
}

var paging = []promise{
	{"Applied/pages come in the order of UIDs and end", func(s *scene) {
		var want []string
		for n := range 25 {
			c := claim(store.KindAccount, fmt.Sprintf("a%d", n), fmt.Sprintf("uid-%02d", n))
			s.put(c)
			want = append(want, c.UID+" r-"+c.Name)
		}
		s.put(claim(store.KindAccount, "upper", "UID")) // sorts by bytes, whatever the database's language
		want = append([]string{"UID r-upper"}, want...)
		var got []string
		after := ""
		for {
			page, err := s.fenced.Applied(s.ctx, store.KindAccount, after, 10)
			s.must(err)
			if len(page) == 0 {
				break
			}
			for _, a := range page {
				got = append(got, a.Claim.UID+" "+a.Record)
				after = a.Claim.UID
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
	}},
	{"Applied/another cluster and another kind are not shown", func(s *scene) {
		s.put(account("alice"))
		other, err := s.Store.Lead(s.ctx, "cluster-2", lease)
		s.must(err)
		elsewhere, err := other.Applied(s.ctx, store.KindAccount, "", 10)
		s.must(err)
		kinds, err := s.fenced.Applied(s.ctx, store.KindEnvVarSet, "", 10)
		s.must(err)
		if len(elsewhere)+len(kinds) != 0 {
			s.Errorf("got %v, %v", elsewhere, kinds)
		}
	}},
}

var rebinding = []promise{
	{"Rebind/a restored object takes over all of its former life", rebinds},
	{"Rebind/what never was is not found", func(s *scene) {
		for _, k := range store.ClaimingKinds {
			if err := s.fenced.Rebind(s.ctx, claim(k.Kind, "x", "1"), claim(k.Kind, "x", "2")); !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s: got %v", k.Kind, err)
			}
		}
	}},
	{"Rebind/two accounts never become one", func(s *scene) {
		s.put(account("alice"))
		s.put(account("bob"))
		conflict := (*store.ConflictError)(nil)
		if err := s.fenced.Rebind(s.ctx, account("alice"), account("bob")); !errors.As(err, &conflict) || conflict.Field != "claim" {
			s.Errorf("got %v", err)
		}
	}},
	{"Rebind/former owners are namesakes that hold variables of other accounts", func(s *scene) {
		former, again, other := set("a"), set("a"), set("b")
		again.UID = "uid-again"
		elsewhere := former
		elsewhere.UID, elsewhere.Namespace = "uid-elsewhere", "another"
		s.put(account("alice"))
		s.put(account("bob"))
		s.sync(account("alice"), former, vars{"A": "1", "B": "2"})
		s.sync(account("alice"), other, vars{"C": "1"})
		s.sync(account("alice"), elsewhere, vars{"D": "1"})
		for _, c := range []struct {
			account, owner store.Claim
			want           []store.Claim
		}{
			{account("bob"), again, []store.Claim{former}},
			{account("alice"), again, nil}, // found with the variables of the account itself
			{account("bob"), former, nil},  // its own
			{account("carol"), again, nil}, // there is none
		} {
			got, err := s.fenced.FormerOwners(s.ctx, c.account, c.owner)
			s.must(err)
			if diff := cmp.Diff(c.want, got); diff != "" {
				s.Errorf("for %s in the account %s (-want +got):\n%s", c.owner.UID, c.account.Name, diff)
			}
		}
		s.must(s.fenced.RemoveEnvVars(s.ctx, former, true))
		if got, err := s.fenced.FormerOwners(s.ctx, account("bob"), again); len(got) != 0 || err != nil {
			s.Errorf("got %v, %v of what holds nothing any more", got, err)
		}
	}},
	{"Rebind/a claim keeps its kind", func(s *scene) {
		if err := s.fenced.Rebind(s.ctx, account("alice"), set("a")); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
	}},
}

func rebinds(s *scene) {
	reborn := func(c store.Claim) store.Claim {
		c.UID, c.NamespaceUID = "new-"+c.UID, "ns-2"
		return c
	}
	s.put(account("alice"))
	s.sync(account("alice"), set("a"), vars{"A": "1"})
	before, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r-data"))
	s.must(err)
	s.await(set("b"))
	for _, c := range []store.Claim{account("alice"), set("a"), connection("data"), set("b")} {
		s.must(s.fenced.Rebind(s.ctx, c, reborn(c)))
	}
	got, err := s.fenced.Account(s.ctx, reborn(account("alice")))
	s.must(err)
	if got.Claim != reborn(account("alice")) {
		s.Errorf("account: %v", got.Claim)
	}
	want := []store.EnvVar{{Name: "A", Value: store.NewSecret([]byte("1")), Owner: reborn(set("a"))}}
	if diff := cmp.Diff(want, s.look(reborn(account("alice")))); diff != "" {
		s.Error(diff)
	}
	after, err := s.fenced.Connections().Get(s.ctx, reborn(connection("data")))
	s.must(err)
	if diff := cmp.Diff(before, after); diff != "" {
		s.Error(diff)
	}
	if s.record(reborn(set("a"))) != "r-a" || s.record(reborn(connection("data"))) != "r-data" || s.record(set("a")) != "none" {
		s.Error("the records did not move")
	}
	l := s.listen(s.fenced)
	s.must(s.fenced.RemoveEnvVars(s.ctx, reborn(set("a")), false))
	l.hears(reborn(set("b")))
}
