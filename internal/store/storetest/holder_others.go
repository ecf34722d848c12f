package storetest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var heldTeams = []promise{
	{"Holder/teams are those that the account owns, and those that it belongs to", func(s *scene) {
		alice, bob := s.put(account("alice")).ID, s.put(account("bob")).ID
		s.put(account("carol"))
		s.team("t-1", "alice", "bob", "carol")
		s.team("t-2", "bob")
		s.foreign(`UPDATE team_members SET role = 'Manager' WHERE account_id = (SELECT id FROM accounts WHERE email = 'bob@example.com')`)
		s.teamsAre(alice, "t-1 true ")
		s.teamsAre(bob, "t-2 true ", "t-1 false Manager")
		for _, id := range []string{alice, bob} {
			s.membersAre(id, "t-1", "alice true ", "bob false Manager", "carol false Member")
		}
		s.isGone(second(s.Store.Holder(alice).Members(s.ctx, "t-2", 10)))
		members, err := s.Store.Holder(alice).Members(s.ctx, "t-1", 1)
		s.must(err)
		if len(members) != 2 {
			s.Errorf("its owner and one more: %+v", members)
		}
	}},
	{"Holder/a team is made, its members leave, and it ends", func(s *scene) {
		alice := s.put(account("alice")).ID
		s.put(account("bob"))
		h := s.Store.Holder(alice)
		id, err := h.CreateTeam(s.ctx, "research")
		s.must(err)
		s.foreign(`INSERT INTO team_members (team_id, account_id) SELECT CAST($1 AS TEXT), id FROM accounts WHERE email = 'bob@example.com'`, id)
		members, err := h.Members(s.ctx, id, 10)
		s.must(err)
		s.must(h.RemoveMember(s.ctx, id, members[1].AccountID))
		s.isGone(h.RemoveMember(s.ctx, id, members[1].AccountID))
		s.isGone(h.RemoveMember(s.ctx, id, alice))
		s.foreign(`INSERT INTO machines (id, team_id) VALUES ('m-1', $1), ('m-2', $1)`, id)
		blocked := (*store.BlockedError)(nil)
		if err := h.DeleteTeam(s.ctx, id); !errors.As(err, &blocked) || blocked.Blockers[0].Count != 2 {
			s.Errorf("got %v", err)
		}
		s.foreign(`DELETE FROM machines`)
		s.must(h.DeleteTeam(s.ctx, id))
		s.isGone(h.DeleteTeam(s.ctx, id))
		s.teamsAre(alice)
	}},
	{"Holder/a team of another account is not found", func(s *scene) {
		alice, bob := s.put(account("alice")).ID, s.put(account("bob")).ID
		s.team("t", "alice", "bob")
		h := s.Store.Holder(bob)
		s.isGone(h.DeleteTeam(s.ctx, "t"))
		s.isGone(h.RemoveMember(s.ctx, "t", bob))
		s.membersAre(alice, "t", "alice true ", "bob false Member")
	}},
	{"Holder/an account owns a bounded number of teams", func(s *scene) {
		h := s.Store.Holder(s.put(account("alice")).ID)
		for range store.TeamsOfAccount {
			_, err := h.CreateTeam(s.ctx, "team")
			s.must(err)
		}
		for _, name := range []string{"team", strings.Repeat("x", store.MaxTeamName+1)} {
			if _, err := h.CreateTeam(s.ctx, name); !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("got %v", err)
			}
		}
	}},
}

func (s *scene) teamsAre(account string, want ...string) {
	s.Helper()
	all, err := s.Store.Holder(account).Teams(s.ctx)
	s.must(err)
	var got []string
	for _, t := range all {
		got = append(got, fmt.Sprintf("%s %t %s", t.ID, t.Owned, t.Role))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
}

func (s *scene) membersAre(account, team string, want ...string) {
	s.Helper()
	all, err := s.Store.Holder(account).Members(s.ctx, team, 10)
	s.must(err)
	var got []string
	for _, m := range all {
		name, _, _ := strings.Cut(m.Email, "@")
		got = append(got, fmt.Sprintf("%s %t %s", name, m.Owner, m.Role))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
}

var heldElsewhere = []promise{
	{"Holder/what runs is listed page by page, of the account and of its teams", func(s *scene) {
		alice, bob := s.put(account("alice")).ID, s.put(account("bob")).ID
		s.team("t", "alice", "bob")
		for kind, table := range map[store.DependentKind]string{
			store.Machine: "machines", store.Cluster: "clusters", store.Instance: "instances", store.Volume: "volumes",
		} {
			s.foreign(`INSERT INTO ` + table + ` (id, account_id) SELECT 'a-' || name, id FROM accounts`)
			s.foreign(`INSERT INTO ` + table + ` (id, team_id) VALUES ('b', 't')`)
			s.foreign(`INSERT INTO ` + table + ` (id, account_id) SELECT 'c-' || name, id FROM accounts`)
			s.dependentsAre(alice, kind, "a-alice ", "b t", "c-alice ")
			s.dependentsAre(bob, kind, "a-bob ", "c-bob ")
		}
	}},
	{"Holder/the audit says what was done, the newest first, and of no other account", func(s *scene) {
		alice, bob := s.put(account("alice")).ID, s.put(account("bob")).ID
		h := s.Store.Holder(alice)
		s.must(h.Set(s.ctx, only(0, "hers")))
		s.must(s.Store.Holder(bob).Set(s.ctx, only(0, "his")))
		s.must(second(h.PutEnvVars(s.ctx, []store.NamedValue{{Name: "TOKEN", Value: store.NewSecret([]byte("canary"))}})))
		all, err := h.Audit(s.ctx, 10)
		s.must(err)
		var ops []string
		for _, a := range all {
			if a.At.IsZero() {
				s.Errorf("no time: %+v", a)
			}
			ops = append(ops, a.Op)
		}
		if len(ops) < 3 || ops[0] != "HolderPutEnvVars" || ops[1] != "HolderSetSettings" || strings.Contains(fmt.Sprint(all), "canary") {
			s.Errorf("got %v", all)
		}
		if last, err := h.Audit(s.ctx, 1); err != nil || len(last) != 1 || !cmp.Equal(last[0], all[0]) {
			s.Errorf("the last is %+v, %v", last, err)
		}
	}},
	{"Holder/nothing is read of an account that is gone", func(s *scene) {
		h := s.Store.Holder(s.deleted("alice").ID)
		for _, err := range []error{
			second(h.Teams(s.ctx)), second(h.CreateTeam(s.ctx, "x")),
			second(h.Members(s.ctx, "t", 1)), second(h.Dependents(s.ctx, store.Machine, "", 1)), second(h.Audit(s.ctx, 1)),
		} {
			s.isGone(err)
		}
	}},
}

// dependentsAre reads one by one.
func (s *scene) dependentsAre(account string, kind store.DependentKind, want ...string) {
	s.Helper()
	var got []string
	for after := ""; ; {
		page, err := s.Store.Holder(account).Dependents(s.ctx, kind, after, 1)
		s.must(err)
		if len(page) == 0 {
			break
		}
		after = page[0].ID
		got = append(got, page[0].ID+" "+page[0].TeamID)
		if page[0].Created.IsZero() {
			s.Errorf("it was made at no time: %+v", page[0])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("%s: %s", kind, diff)
	}
}
