package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var heldEnvVars = []promise{
	{"Holder/variables are listed by name, each with the set that owns it", func(s *scene) {
		id := s.put(account("alice")).ID
		s.sync(account("alice"), set("a"), vars{"B": "1"})
		s.puts(id, vars{"C": "2", "A": "3"}, store.Written{Added: 2})
		got, err := s.Store.Holder(id).EnvVars(s.ctx)
		s.must(err)
		if diff := cmp.Diff([]store.HeldEnvVar{{Name: "A"}, {Name: "B", Owner: set("a")}, {Name: "C"}}, got); diff != "" {
			s.Error(diff)
		}
		if got, err := s.Store.Holder(s.put(account("bob")).ID).EnvVars(s.ctx); err != nil || len(got) != 0 {
			s.Errorf("bob has %+v, %v", got, err)
		}
	}},
	{"Holder/a variable is added, replaced and removed, and opens for who may read it", func(s *scene) {
		id := s.put(account("alice")).ID
		s.puts(id, vars{"A": "1"}, store.Written{Added: 1})
		s.puts(id, vars{"A": "1", "B": "2"}, store.Written{Added: 1, Replaced: 1})
		s.puts(id, vars{"A": ""}, store.Written{Replaced: 1})
		if diff := cmp.Diff(vars{"A": "", "B": "2"}, s.values(account("alice"))); diff != "" {
			s.Error(diff)
		}
		for range 2 { // that it is gone already is no error
			s.must(s.Store.Holder(id).DeleteEnvVar(s.ctx, "A"))
		}
		if diff := cmp.Diff(vars{"B": "2"}, s.values(account("alice"))); diff != "" {
			s.Error(diff)
		}
	}},
	{"Holder/a variable of a set is refused, and nothing of what came with it is written", func(s *scene) {
		id := s.put(account("alice")).ID
		s.sync(account("alice"), set("one"), vars{"ONE": "1"})
		s.syncPairs(set("many"), []store.Claim{account("alice")}, vars{"MANY": "1"})
		s.puts(id, vars{"HERS": "1"}, store.Written{Added: 1})
		before := s.values(account("alice"))
		for name, owner := range map[string]store.Claim{"ONE": set("one"), "MANY": set("many")} {
			h := s.Store.Holder(id)
			_, err := h.PutEnvVars(s.ctx, named(vars{"A": "2", "HERS": "2", "Z": "2", name: "2"}))
			s.isManaged(err, "env "+name, owner)
			s.isManaged(h.DeleteEnvVar(s.ctx, name), "env "+name, owner)
		}
		if diff := cmp.Diff(before, s.values(account("alice"))); diff != "" {
			s.Error(diff)
		}
	}},
	{"Holder/a variable that a set gave up is the holder's, and one that the holder has can be a set's", func(s *scene) {
		id := s.put(account("alice")).ID
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.must(s.fenced.RemoveEnvVars(s.ctx, set("a"), true))
		s.puts(id, vars{"A": "hers"}, store.Written{Replaced: 1})
		s.sync(account("alice"), set("b"), vars{"A": "2"})
		s.isManaged(s.Store.Holder(id).DeleteEnvVar(s.ctx, "A"), "env A", set("b"))
	}},
	{"Holder/a set that waits for a name is delivered when the holder lets it go", func(s *scene) {
		id := s.put(account("alice")).ID
		s.puts(id, vars{"A": "1"}, store.Written{Added: 1})
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarAwait, "A", ""))))
		l := s.listen(s.fenced)
		s.must(s.Store.Holder(id).DeleteEnvVar(s.ctx, "A"))
		l.hears(set("a"))
	}},
	{"Holder/more or longer variables than an account may have are refused, and none of them is written", func(s *scene) {
		id := s.put(account("alice")).ID
		s.puts(id, vars{"KEPT": "1"}, store.Written{Added: 1})
		of := s.Store.Capabilities()
		many, long := vars{}, vars{}
		for n := range of.MaxEnvVars {
			many[fmt.Sprint("N", n)] = ""
		}
		for n := range 300 {
			long[fmt.Sprint("L", n)] = string(make([]byte, of.MaxValueSize))
		}
		for what, all := range map[string]vars{
			"too many": many, "too much": long, "too long": {"A": string(make([]byte, of.MaxValueSize+1))},
			"no name": {"": "x"}, "a name that is too long": {string(slices.Repeat([]byte("N"), 254)): "x"}, "no text": {"\xff": "x"},
		} {
			if _, err := s.Store.Holder(id).PutEnvVars(s.ctx, named(all)); !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("%s: got %v", what, err)
			}
		}
		if diff := cmp.Diff(vars{"KEPT": "1"}, s.values(account("alice"))); diff != "" {
			s.Error(diff)
		}
	}},
	{"Holder/neither a value nor a credential is in any table", func(s *scene) {
		id := s.put(account("alice")).ID
		s.puts(id, vars{"A": "canary-value"}, store.Written{Added: 1})
		_, err := s.Store.Holder(id).PutConnection(s.ctx, s3)
		s.must(err)
		for _, table := range s.tables() {
			rows, err := s.Rows(`SELECT * FROM ` + table)
			s.must(err)
			for _, row := range rows {
				for _, canary := range []string{"canary-value", "canary-key"} {
					if text := strings.Join(row, " "); strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
						s.Errorf("%s is in %s", canary, table)
					}
				}
			}
		}
	}},
}

// named are variables in the order of their names.
func named(all vars) (out []store.NamedValue) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, store.NamedValue{Name: name, Value: store.NewSecret([]byte(all[name]))})
	}
	return out
}

// puts has the holder store variables.
func (s *scene) puts(id string, all vars, want store.Written) {
	s.Helper()
	got, err := s.Store.Holder(id).PutEnvVars(s.ctx, named(all))
	s.must(err)
	if got != want {
		s.Errorf("got %+v, wanted %+v", got, want)
	}
}
