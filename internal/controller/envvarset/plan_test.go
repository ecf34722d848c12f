package envvarset

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

var (
	mine   = store.Claim{Cluster: "c", Kind: store.KindEnvVarSet, Namespace: "n", Name: "mine", UID: "1"}
	theirs = store.Claim{Cluster: "c", Kind: store.KindEnvVarSet, Namespace: "n", Name: "theirs", UID: "2"}
	nobody = store.Claim{}
)

func wants(pairs ...string) []source.Variable {
	var v []source.Variable
	for i := 0; i < len(pairs); i += 2 {
		v = append(v, source.Variable{Name: pairs[i], Value: store.NewSecret([]byte(pairs[i+1]))})
	}
	return v
}

func holds(name, value string, owner store.Claim) store.EnvVar {
	return store.EnvVar{Name: name, Value: store.NewSecret([]byte(value)), Owner: owner}
}

func TestPlanEnvVars(t *testing.T) {
	for name, c := range map[string]struct {
		want    []source.Variable
		have    []store.EnvVar
		changes []string
		names   []string
		writes  bool
		synced  bool
	}{
		"a new name is written":                 {wants("A", "1"), nil, []string{"Set A"}, []string{"A"}, true, true},
		"what is there already is not":          {wants("A", "1"), []store.EnvVar{holds("A", "1", mine)}, nil, []string{"A"}, false, true},
		"another value is written":              {wants("A", "1"), []store.EnvVar{holds("A", "0", mine)}, []string{"Set A"}, []string{"A"}, true, true},
		"a name without a claim is adopted":     {wants("A", "1"), []store.EnvVar{holds("A", "1", nobody)}, []string{"Set A"}, []string{"A"}, true, true},
		"another set's name is waited for":      {wants("A", "1"), []store.EnvVar{holds("A", "1", theirs)}, []string{"Await A"}, nil, false, false},
		"the rest of the set is applied":        {wants("A", "1", "B", "2"), []store.EnvVar{holds("A", "1", theirs)}, []string{"Await A", "Set B"}, []string{"B"}, true, false},
		"a name that left the set is deleted":   {nil, []store.EnvVar{holds("A", "1", mine)}, []string{"Delete A"}, nil, true, true},
		"what others hold is not touched":       {nil, []store.EnvVar{holds("A", "1", theirs), holds("B", "1", nobody)}, nil, nil, false, true},
		"a value that does not open is written": {wants("A", ""), []store.EnvVar{{Name: "A", Owner: mine, Unreadable: true}}, []string{"Set A"}, []string{"A"}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := planEnvVars(desiring(c.want, "record"), c.have)
			var changes []string
			for _, ch := range p.changes {
				changes = append(changes, string(ch.Op)+" "+ch.Name)
			}
			if diff := cmp.Diff(c.changes, changes); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.names, p.names); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			if p.writes() != c.writes || (p.record == "record") != c.synced || (p.conflict(inStatus) == nil) != c.synced {
				t.Errorf("writes=%v record=%q conflict=%v", p.writes(), p.record, p.conflict(inStatus))
			}
		})
	}
}

// Whatever is wanted and whatever is there: after a plan the owner has exactly what it wanted and could get, no other owner
// lost anything, and a second plan changes nothing.
func TestPlan_AnyWantAndHave_SettlesAndTouchesNoOtherOwner(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want, have := drawWant(r), drawHave(r)
		after := apply(have, planEnvVars(desiring(want, "r"), have))

		for _, v := range have {
			if v.Owner == theirs && !same(after[v.Name], v) {
				r.Fatalf("%s was taken from its holder", v.Name)
			}
		}
		for _, w := range want {
			if got := after[w.Name]; got.Owner != theirs && !same(got, store.EnvVar{Value: w.Value, Owner: mine}) {
				r.Fatalf("%s was not written", w.Name)
			}
		}
		if p := planEnvVars(desiring(want, "r"), slices.Collect(maps.Values(after))); p.writes() {
			r.Fatalf("a second plan changes %v", p.changes)
		}
	})
}

// What a plan says of itself is what it does to the rows, by either policy.
func TestPlan_Variables_SaysWhatItDoes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		policy := rapid.SampledFrom([]v1alpha1.UpdatePolicy{v1alpha1.UpdateAlways, v1alpha1.UpdateIfNotExists}).Draw(r, "updatePolicy")
		want, have := drawWant(r), drawHave(r)
		p := planFor(policy)(desiring(want, "r"), have)

		says := effects{written: p.written(), adopted: p.adopted, removes: p.removes(), resizes: p.resizes}
		slices.Sort(says.written)
		slices.Sort(says.adopted)
		does := effectsOf(apply(have, plan{}), apply(have, p))
		if diff := cmp.Diff(does, says, cmp.AllowUnexported(effects{})); diff != "" {
			r.Fatalf("(-does +says):\n%s", diff)
		}
	})
}

// effects are what a plan does to the rows of an account.
type effects struct {
	written, adopted []string
	removes, resizes bool
}

func effectsOf(before, after map[string]store.EnvVar) (e effects) {
	for name, was := range before {
		is, stays := after[name]
		e.removes = e.removes || !stays
		if !stays || !same(was, is) {
			e.written = append(e.written, name)
		}
		if was.Owner == nobody && is.Owner == mine {
			e.adopted = append(e.adopted, name)
		}
	}
	e.resizes = e.removes
	for name := range after {
		if _, was := before[name]; !was {
			e.resizes, e.written = true, append(e.written, name)
		}
	}
	slices.Sort(e.written)
	slices.Sort(e.adopted)
	return e
}

// Given a set that reports drift and had all of this applied, then what another client changed is left and named; but for a value
// that does not open, which serves nobody.
func TestPlanEnvVars_DriftReported_IsLeftAndNamed(t *testing.T) {
	for name, c := range map[string]struct {
		have    store.EnvVar
		changes int
		names   []string
		drifted []string
	}{
		"as wanted":               {holds("A", "1", mine), 0, []string{"A"}, nil},
		"another value":           {holds("A", "0", mine), 0, nil, []string{"A"}},
		"another set took it":     {holds("A", "1", theirs), 0, nil, []string{"A"}},
		"its owner was taken off": {holds("A", "1", nobody), 0, nil, []string{"A"}},
		"it does not open":        {store.EnvVar{Name: "A", Owner: mine, Unreadable: true}, 1, []string{"A"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			set := &v1alpha1.EnvVarSet{}
			set.Spec.DriftPolicy = v1alpha1.DriftReport
			desired := desiring(wants("A", "1"), "record")
			desired.drift = func() *drift.Drift { return drift.Of(set, drift.History{Applied: true}) }
			p := planEnvVars(desired, []store.EnvVar{c.have})
			if len(p.changes) != c.changes || !slices.Equal(p.names, c.names) || !slices.Equal(p.drift.Names, c.drifted) {
				t.Errorf("%d changes, it holds %v, drifted: %v", len(p.changes), p.names, p.drift.Names)
			}
		})
	}
}

// Given variables that the set of this name had in a former life, then the plan says which, by either policy.
func TestPlanFor_FormerLifeHoldsVariables_IsNamed(t *testing.T) {
	former := mine
	former.UID = "0"
	for _, policy := range []v1alpha1.UpdatePolicy{v1alpha1.UpdateAlways, v1alpha1.UpdateIfNotExists} {
		others := []store.EnvVar{holds("A", "1", theirs), holds("B", "1", mine), holds("C", "1", nobody)}
		if p := planFor(policy)(desiring(nil, "r"), others); p.previous != nobody {
			t.Errorf("%s: it was %v", policy, p.previous)
		}
		if p := planFor(policy)(desiring(nil, "r"), append(others, holds("D", "1", former))); p.previous != former {
			t.Errorf("%s: it was %v", policy, p.previous)
		}
	}
}

func TestAdoption_NamesOfNobody_AreAnEvent(t *testing.T) {
	p := planEnvVars(desiring(wants("A", "1", "B", "2"), "r"), []store.EnvVar{holds("A", "1", nobody)})
	if got, want := adoption(p.adopted).Message, "were in the account, claimed by nobody, and are this set's now: A"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p = planEnvVars(desiring(wants("B", "2"), "r"), nil)
	if got := adoption(p.adopted); got != (events.Event{}) {
		t.Errorf("it adopted nothing, and yet %v", got)
	}
}

// desiring are the desired variables of a set that has applied nothing yet and puts drift back.
func desiring(want []source.Variable, record string) desiredVars {
	return desiredVars{
		owner: mine, want: want, record: record, as: exact,
		drift: func() *drift.Drift { return drift.Of(&v1alpha1.EnvVarSet{}, drift.History{}) },
	}
}

func same(a, b store.EnvVar) bool { return a.Owner == b.Owner && a.Value.Equal(b.Value) }

func drawNames(r *rapid.T, label string) []string {
	return rapid.SliceOfDistinct(rapid.SampledFrom([]string{"A", "B", "C", "D", "E"}), rapid.ID[string]).Draw(r, label)
}

func drawValue(r *rapid.T, label string) string {
	return rapid.SampledFrom([]string{"", "1", "2"}).Draw(r, label)
}

func drawWant(r *rapid.T) []source.Variable {
	var want []source.Variable
	for _, n := range drawNames(r, "wanted") {
		want = append(want, wants(n, drawValue(r, "wanted value"))...)
	}
	return want
}

func drawHave(r *rapid.T) []store.EnvVar {
	var have []store.EnvVar
	for _, n := range drawNames(r, "there") {
		owner := rapid.SampledFrom([]store.Claim{mine, theirs, nobody}).Draw(r, "owner")
		have = append(have, holds(n, drawValue(r, "value"), owner))
	}
	return have
}

// apply does to a map what a driver does to its rows.
func apply(have []store.EnvVar, p plan) map[string]store.EnvVar {
	rows := map[string]store.EnvVar{}
	for _, v := range have {
		rows[v.Name] = v
	}
	for _, c := range p.changes {
		switch c.Op {
		case store.EnvVarSet:
			rows[c.Name] = store.EnvVar{Name: c.Name, Value: c.Value, Owner: mine}
		case store.EnvVarDelete:
			delete(rows, c.Name)
		}
	}
	return rows
}
