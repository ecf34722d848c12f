package storetest

import (
	"errors"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// held: what the holder of an account does to it, beside an object that manages some of it.
var held = []promise{
	{"Holder/an account that nobody manages is its holder's, leaf by leaf", func(s *scene) {
		id := s.nobodys("alice").ID
		h := s.Store.Holder(id)
		want := everySetting("hers")
		for n, leaf := range want.Leaves() {
			s.must(h.Set(s.ctx, only(n, *leaf.Value)))
		}
		s.must(h.Set(s.ctx, store.HolderSpec{Events: map[string]string{"low_credit": "Disabled"}}))
		got, err := h.Account(s.ctx)
		s.must(err)
		if diff := cmp.Diff(want, got.Settings); diff != "" || got.Events["low_credit"] != "Disabled" {
			s.Errorf("got %v%s", got.Events, diff)
		}
		if !got.Managed.By.IsZero() || slices.ContainsFunc(everyLeaf(), got.Managed.Sets) {
			s.Errorf("it is managed: %+v", got.Managed)
		}
	}},
	{"Holder/a leaf that the object sets is refused, and each other one is the holder's", setsWhatIsFree},
	{"Holder/nothing is written where one leaf of many is refused", func(s *scene) {
		id := s.setBy("alice", func(want *store.AccountSpec) { want.Theme = ptr("Dark") })
		s.isManaged(s.Store.Holder(id).Set(s.ctx, store.HolderSpec{
			Settings: store.Settings[*string]{Username: ptr("hers"), Theme: ptr("Light")}, Events: map[string]string{"outbid": "Enabled"},
		}), "preferences.theme", account("alice"))
		if got := s.account("alice"); got.Username != "" || got.Theme != "Dark" || len(got.Events) != 0 {
			s.Errorf("got %+v", got)
		}
	}},
	{"Holder/a leaf that is left out of the spec is given back in the same write, as it is", func(s *scene) {
		s.setBy("alice", func(want *store.AccountSpec) { want.Username = ptr("team's") })
		id := s.put(account("alice")).ID
		if got := s.account("alice").Username; got != "team's" {
			s.Errorf("it became %q", got)
		}
		s.must(s.Store.Holder(id).Set(s.ctx, only(0, "hers")))
	}},
	{"Holder/a leaf that the object leaves as another client made it is the object's all the same", func(s *scene) {
		id := s.setBy("alice", func(want *store.AccountSpec) { want.Spared = []string{"username"} })
		s.isManaged(s.Store.Holder(id).Set(s.ctx, only(0, "hers")), "username", account("alice"))
	}},
	{"Holder/while it is not known what the object sets, nothing is the holder's", func(s *scene) {
		for name, unknown := range map[string]func() string{
			"after an upgrade": func() string { return s.unknown("upgraded") },
			"adopted, and not put yet": func() string {
				free := s.nobodys("adopted")
				s.must(s.fenced.Adopt(s.ctx, account("adopted"), free))
				return free.ID
			},
			"restored, and not put yet": func() string {
				gone := s.deleted("restored")
				s.must(s.fenced.Restore(s.ctx, account("restored"), gone.ID))
				return gone.ID
			},
			"rebound, and not put yet": func() string {
				id, later := s.put(account("rebound")).ID, account("rebound")
				later.UID = "later"
				s.must(s.fenced.Rebind(s.ctx, account("rebound"), later))
				return id
			},
		} {
			if err := s.Store.Holder(unknown()).Set(s.ctx, only(0, "hers")); !errors.As(err, new(*store.ManagedError)) {
				s.Errorf("%s: got %v", name, err)
			}
		}
	}},
	{"Holder/an account that is given up is its holder's at once", func(s *scene) {
		for name, giveUp := range map[string]func(){
			"retained": func() {
				s.must(s.fenced.DeleteAccount(s.ctx, account("retained"), store.Deletion{Retain: true}))
			},
			"released": func() {
				s.foreign(`UPDATE accounts SET cluster = NULL, namespace = NULL, namespace_uid = NULL, name = NULL, uid = NULL WHERE name = 'released'`)
			},
		} {
			id := s.setBy(name, func(want *store.AccountSpec) { want.Username = ptr("team's") })
			giveUp()
			if err := s.Store.Holder(id).Set(s.ctx, only(0, "hers")); err != nil {
				s.Errorf("%s: %v", name, err)
			}
		}
		if n := s.count(`SELECT count(*) FROM accounts WHERE managed IS NOT NULL`); n != "0" {
			s.Errorf("what was set is kept of %s", n)
		}
	}},
	{"Holder/what it writes is delivered to the object, which compares", func(s *scene) {
		id := s.put(account("alice")).ID
		s.must(s.Store.Holder(id).Set(s.ctx, only(0, "hers")))
		s.delivered(account("alice"))
		if got := s.record(account("alice")); got != "r-alice stale" {
			s.Errorf("%q", got)
		}
	}},
	{"Holder/what no leaf takes is refused", func(s *scene) {
		h := s.Store.Holder(s.nobodys("alice").ID)
		for _, want := range []store.HolderSpec{
			{Settings: store.Settings[*string]{Theme: ptr("Purple")}}, {Settings: store.Settings[*string]{Newsletter: ptr("")}},
			only(0, "a\x00b"), only(0, "\xff"), only(0, string(make([]byte, 1<<16))),
			{Events: map[string]string{"unheard_of": "Enabled"}}, {Events: map[string]string{"payment_failure": "Disabled"}},
		} {
			if err := h.Set(s.ctx, want); !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("got %v", err)
			}
		}
		s.must(h.Set(s.ctx, store.HolderSpec{}))
	}},
	{"Holder/what is filled in after an upgrade is known, wakes nobody, and is not asked for again", fillsIn},
	{"Holder/who has no account is not found", func(s *scene) {
		gone := s.deleted("gone").ID
		for _, id := range []string{gone, "4711", "", "no number", "-1"} {
			h := s.Store.Holder(id)
			for what, err := range map[string]error{
				"Account":          second(h.Account(s.ctx)),
				"Set":              h.Set(s.ctx, only(0, "hers")),
				"AskForAddress":    h.AskForAddress(s.ctx, next),
				"AskAgain":         h.AskAgain(s.ctx),
				"KeepAddress":      h.KeepAddress(s.ctx),
				"AddressToProve":   second(h.AddressToProve(s.ctx, store.Secret{})),
				"ProveAddress":     h.ProveAddress(s.ctx, store.Secret{}),
				"EnvVars":          second(h.EnvVars(s.ctx)),
				"PutEnvVars":       second(h.PutEnvVars(s.ctx, named(vars{"A": "1"}))),
				"DeleteEnvVar":     h.DeleteEnvVar(s.ctx, "A"),
				"Connections":      second(h.Connections(s.ctx)),
				"PutConnection":    second(h.PutConnection(s.ctx, s3)),
				"RenameConnection": h.RenameConnection(s.ctx, "conn-x", "x"),
				"DeleteConnection": h.DeleteConnection(s.ctx, "conn-x"),
				"Keys":             second(h.Keys(s.ctx)),
				"CreateKey":        third(h.CreateKey(s.ctx, "", store.APIKey{})),
				"ReplaceKey":       third(h.ReplaceKey(s.ctx, "x")),
				"DeleteKey":        h.DeleteKey(s.ctx, "x"),
				"AllowFactor":      h.AllowFactor(s.ctx, "x"),
				"BeginKeySession":  third(h.BeginKeySession(s.ctx, "x")),
				"InTheWay":         second(h.InTheWay(s.ctx)),
				"Delete":           h.Delete(s.ctx),
				"RequestDeletion":  h.RequestDeletion(s.ctx),
				"WithdrawDeletion": h.WithdrawDeletion(s.ctx),
			} {
				if !errors.Is(err, store.ErrNotFound) {
					s.Errorf("%s of %q: got %v", what, id, err)
				}
			}
		}
	}},
}

// only wants one leaf, by its number.
func only(n int, value string) (want store.HolderSpec) {
	*want.Leaves()[n].Value = &value
	return want
}

func second[T any](_ T, err error) error { return err }

func third[T, U any](_ T, _ U, err error) error { return err }

func everyLeaf() (paths []string) {
	for _, leaf := range (&store.Settings[string]{}).Leaves() {
		paths = append(paths, leaf.Path)
	}
	return append(paths, "email", "security.twoFactor", store.EventLeaf("outbid"))
}

// setBy puts an account with what want says more than its address, and returns its ID.
func (s *scene) setBy(name string, more func(*store.AccountSpec)) string {
	s.Helper()
	want := store.AccountSpec{Email: email(name)}
	more(&want)
	a, err := s.fenced.PutAccount(s.ctx, account(name), want, mark("r-"+name))
	s.must(err)
	return a.ID
}

// unknown puts an account as a manager did that did not say what it sets.
func (s *scene) unknown(name string) (id string) {
	s.Helper()
	id = s.put(account(name)).ID
	s.foreign(`UPDATE accounts SET managed = NULL WHERE id = $1`, atoi(id))
	return id
}

// isManaged expects the refusal that names the leaf and its object.
func (s *scene) isManaged(err error, leaf string, by store.Claim) {
	s.Helper()
	managed := (*store.ManagedError)(nil)
	if !errors.As(err, &managed) || managed.Leaf != leaf || managed.By != by {
		s.Errorf("got %v, wanted that %s is managed by %s", err, leaf, by)
	}
}

func setsWhatIsFree(s *scene) {
	hers, theirs := everySetting("hers"), everySetting("theirs")
	all := hers.Leaves()
	for n, leaf := range all {
		id := s.setBy("alice", func(want *store.AccountSpec) {
			*want.Leaves()[n].Value = theirs.Leaves()[n].Value
			want.Events = map[string]string{"outbid": "Enabled"}
		})
		h := s.Store.Holder(id)
		for other, leafOfHers := range all {
			err := h.Set(s.ctx, only(other, *leafOfHers.Value))
			if other == n {
				s.isManaged(err, leaf.Path, account("alice"))
			} else {
				s.must(err)
			}
		}
		s.isManaged(h.Set(s.ctx, store.HolderSpec{Events: map[string]string{"outbid": "Disabled"}}), store.EventLeaf("outbid"), account("alice"))
		s.must(h.Set(s.ctx, store.HolderSpec{Events: map[string]string{"low_credit": "Disabled"}}))
		got, err := h.Account(s.ctx)
		s.must(err)
		var managed []string
		for _, path := range everyLeaf() {
			if got.Managed.Sets(path) {
				managed = append(managed, path)
			}
		}
		want := []string{leaf.Path, "email", "security.twoFactor", store.EventLeaf("outbid")}
		if diff := cmp.Diff(want, managed); diff != "" || got.Managed.By != account("alice") {
			s.Errorf("managed by %v (-want +got):\n%s", got.Managed.By, diff)
		}
	}
}

func fillsIn(s *scene) {
	id, other, edited := s.unknown("alice"), s.unknown("other"), s.unknown("edited")
	known := s.setBy("known", func(want *store.AccountSpec) { want.Username = ptr("team's") })
	asked, err := s.fenced.ManagedUnknown(s.ctx, "", 100)
	s.must(err)
	if len(asked) != 3 {
		s.Fatalf("asked for %d", len(asked))
	}
	l := s.listen(s.fenced)
	l.hears(account("alice"), account("other"), account("edited")) // their rows were another program's
	var fill []store.ManagedLeaves
	for _, a := range asked {
		if a.Claim == account("edited") {
			a.Record = "of another spec"
		}
		a.Leaves = []string{"email", "username"}
		fill = append(fill, a)
	}
	fill = append(fill, store.ManagedLeaves{AccountID: known, Claim: account("known"), Record: "r-known"})
	s.must(s.fenced.FillManaged(s.ctx, fill))
	l.silent()
	for _, id := range []string{id, other, known} {
		h := s.Store.Holder(id)
		if err := h.Set(s.ctx, only(0, "hers")); !errors.As(err, new(*store.ManagedError)) {
			s.Errorf("got %v", err)
		}
		s.must(h.Set(s.ctx, store.HolderSpec{Settings: store.Settings[*string]{Theme: ptr("Dark")}}))
	}
	if err := s.Store.Holder(edited).Set(s.ctx, only(1, "Dark")); !errors.As(err, new(*store.ManagedError)) {
		s.Errorf("of another spec: got %v", err)
	}
	if asked, err = s.fenced.ManagedUnknown(s.ctx, "", 100); err != nil || len(asked) != 1 || asked[0].Claim != account("edited") {
		s.Errorf("asked for %+v, %v", asked, err)
	}
}
