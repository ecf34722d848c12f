package storetest

import (
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var history = []promise{
	{"History/the leaves of the last mark come back, whatever changed since", func(s *scene) {
		put := func(leaves map[string]string) {
			_, err := s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: email("alice")}, store.Mark{Record: "r", Leaves: leaves})
			s.must(err)
		}
		for _, want := range []map[string]string{
			nil, {}, {"username": "h1", "odd \x00 \"name\"": ""}, {"theme": "h2"}, nil,
		} {
			put(want)
			s.foreign(`UPDATE accounts SET username = username || 'x'`)
			got, err := s.fenced.AppliedLeaves(s.ctx, account("alice"))
			s.must(err)
			if diff := cmp.Diff(want, got); diff != "" {
				s.Error(diff)
			}
		}
	}},
	{"History/a claim that applied nothing has no leaves", func(s *scene) {
		if got, err := s.fenced.AppliedLeaves(s.ctx, account("nobody")); got != nil || err != nil {
			s.Errorf("got %v, %v", got, err)
		}
	}},
	{"History/an account that goes takes along what its variables and connections were applied as", func(s *scene) {
		s.put(account("alice"))
		applied := store.Mark{Record: "r", Leaves: map[string]string{"A": "h"}}
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), func([]store.EnvVar) store.EnvVarPlan {
			return store.EnvVarPlan{Changes: []store.EnvVarChange{change(store.EnvVarSet, "A", "1")}, Mark: &applied}
		}))
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, applied)
		s.must(err)
		s.foreign(`UPDATE connections SET bucket = 'x'`)
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		for _, c := range []store.Claim{set("a"), connection("data")} {
			leaves, err := s.fenced.AppliedLeaves(s.ctx, c)
			s.must(err)
			if s.record(c) != "" || leaves != nil {
				s.Errorf("%v has %q, %v", c, s.record(c), leaves)
			}
		}
	}},
	{"History/the claims that hold rows come page by page in the order of UIDs", pagesClaims},
	{"History/a kind that claims nothing is refused", func(s *scene) {
		if _, err := s.fenced.Claims(s.ctx, store.KindAccountAction, "", 10); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
	}},
}

func pagesClaims(s *scene) {
	want := map[store.Kind][]store.Claim{}
	s.put(account("host"))
	for n := range 5 {
		name := fmt.Sprint(n)
		a, e, c := account(name), set(name), connection(name)
		s.put(a)
		s.sync(account("host"), e, vars{"A" + name: "1", "B" + name: "1"}) // two rows, and one claim
		_, err := s.fenced.Connections().Put(s.ctx, c, account("host"), s3, mark("r"))
		s.must(err)
		for _, held := range []store.Claim{a, e, c} {
			want[held.Kind] = append(want[held.Kind], held)
		}
	}
	want[store.KindAccount] = append(want[store.KindAccount], account("host"))
	s.put(account("gone"))
	s.must(s.fenced.DeleteAccount(s.ctx, account("gone"), store.Deletion{}))
	s.foreign(`INSERT INTO accounts (email) VALUES ('nobodys@example.com')`)
	s.foreign(`INSERT INTO accounts (email, cluster, uid) VALUES ('elsewhere@example.com', 'cluster-2', 'uid')`)
	for kind, claims := range want {
		var got []store.Claim
		after := ""
		for {
			page, err := s.fenced.Claims(s.ctx, kind, after, 2)
			s.must(err)
			if len(page) == 0 {
				break
			}
			got, after = append(got, page...), page[len(page)-1].UID
		}
		if diff := cmp.Diff(claims, got); diff != "" {
			s.Errorf("%s: %s", kind, diff)
		}
	}
}
