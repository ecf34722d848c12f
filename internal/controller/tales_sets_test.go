package controller

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// secret is one of the three: two for sets, and that of the connections. Credentials are stored as base64: three bytes more
// are four there.
func (t *tale) secret(name string, size int) *corev1.Secret {
	text := strings.Repeat("x", size)
	obj := secret(t.id(name), "token", text)
	if name == keysName {
		obj = secret(t.id(name), "access-key-id", text+text+text, "secret-access-key", "")
	}
	obj.Namespace = t.ns
	return obj
}

// someValue is written out or a Secret's, which may be missing.
func (t *tale) someValue() toldValue {
	if name := t.one("", "s", "t"); name != "" {
		return toldValue{secret: name}
	}
	return toldValue{size: t.longer()}
}

func (t *tale) someName() string { return t.one("A", "B", "C", "D") }

// env spells what a set is to have, in the order of names.
func (t *tale) env(of map[string]toldValue) (env []v1alpha1.EnvVar) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if v := of[name]; v.secret != "" {
			env = append(env, fromSecret(name, t.id(v.secret), "token"))
		} else {
			env = append(env, value(name, padded(v.size)))
		}
	}
	return env
}

func wording(of map[string]toldValue) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		from := " "
		if of[name].secret != "" {
			from = " from " + of[name].secret
		}
		words = append(words, strings.TrimSpace(name+from))
	}
	return strings.Join(words, ", ")
}

func (t *tale) makesSet() *step {
	name := pick(t, t.told.sets, false, "w x y z", nil)
	if name == "" {
		return nil
	}
	told := &toldSet{env: map[string]toldValue{}, foreign: t.odds(12)}
	for range 1 + t.chance.IntN(3) {
		told.env[t.someName()] = t.someValue()
	}
	obj := envVarSet(t.id(name), t.id(ofAccount[name]), t.env(told.env)...)
	t.mayReport(obj, &told.toldObject)
	what := "make set " + name + " of " + wording(told.env)
	if told.foreign {
		what += ", of another class"
		obj.Spec.ClassName = "another"
	}
	return &step{what: what, anew: envVarSet(t.id(name), ""), object: obj, does: func() {
		t.create(obj)
		t.told.sets[name] = told
	}}
}

// editsSet renames, adds, removes or writes anew.
func (t *tale) editsSet() *step {
	name := pick(t, t.told.sets, true, "w x y z", nil)
	if name == "" {
		return nil
	}
	told := t.told.sets[name]
	env := maps.Clone(told.env)
	names := slices.Sorted(maps.Keys(env))
	if len(names) > 0 && t.odds(2) {
		old := t.one(names...)
		v := env[old]
		delete(env, old)
		if t.odds(2) {
			env[t.someName()] = v
		}
	} else {
		env[t.someName()] = t.someValue()
	}
	obj := envVarSet(t.id(name), "")
	// Of a set that is written no more, what it holds from then on is what it held before.
	settles := t.lacksSome(env) && !t.lacksSome(told.env)
	return t.heeds(&told.toldObject, &step{what: "edit set " + name + " to " + wording(env), certain: settles, settles: settles, object: obj, does: func() {
		edits(t, obj, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = t.env(env) })
		told.env = env
	}})
}

func (t *tale) deletesSet() *step {
	name := pick(t, t.told.sets, true, "w x y z", nil)
	if name == "" {
		return nil
	}
	obj, policy := envVarSet(t.id(name), ""), v1alpha1.DeletionPolicy(t.one("Delete", "Delete", "Retain"))
	retains := policy == v1alpha1.DeletionRetain
	return &step{what: string(policy) + " set " + name, certain: retains, settles: retains, object: obj, does: func() {
		t.goes(obj, policy)
		t.told.leaves(name, retains)
	}}
}

// leaves is told of a set that goes. What it held is nobody's then, or gone.
func (m *toldModel) leaves(set string, retains bool) {
	delete(m.sets, set)
	for _, r := range m.rows {
		left := maps.Clone(r.vars)
		m.drop(r, set, func(string) bool { return true })
		for v, had := range left {
			if retains && had.owner == set {
				r.vars[v] = toldVariable{size: had.size}
			}
		}
	}
}
