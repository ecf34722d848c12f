package scenarios

import (
	"maps"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// someValue is written out, or that of a key, which may be missing.
func (t *history) someValue() modelValue {
	switch name := t.one("", "", "s", "s", "t", "t", mapName); name {
	case "":
		return modelValue{size: t.longer()}
	case mapName:
		return modelValue{source: name, key: t.someName(), optional: t.odds(2)}
	default:
		return modelValue{source: name, key: token, optional: t.odds(4)}
	}
}

// someFrom are sources that are taken whole.
func (t *history) someFrom() (from []modelFrom) {
	for _, name := range []string{wholeName, mapName} {
		if t.odds(3) {
			from = append(from, modelFrom{name, t.one("", "", "E_"), t.odds(2)})
		}
	}
	if t.odds(2) {
		slices.Reverse(from)
	}
	return from
}

func (t *history) someName() string { return t.one("A", "B", "C", "D") }

// env spells what a set is to have, in the order of names.
func (t *history) env(of map[string]modelValue) (env []v1alpha1.EnvVar) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		v := of[name]
		key := &v1alpha1.KeySelector{Name: t.id(v.source), Key: v.key, Optional: v.optional}
		switch v.source {
		case "":
			env = append(env, value(name, padded(v.size)))
		case mapName:
			env = append(env, v1alpha1.EnvVar{Name: name, ValueFrom: &v1alpha1.EnvVarSource{ConfigMapKeyRef: key}})
		default:
			env = append(env, v1alpha1.EnvVar{Name: name, ValueFrom: &v1alpha1.EnvVarSource{SecretKeyRef: key}})
		}
	}
	return env
}

// envFrom spells what a set takes whole.
func (t *history) envFrom(of []modelFrom) (from []v1alpha1.EnvFromSource) {
	for _, f := range of {
		whole := &v1alpha1.ObjectSelector{Name: t.id(f.source), Optional: f.optional}
		if f.source == mapName {
			from = append(from, v1alpha1.EnvFromSource{Prefix: f.prefix, ConfigMapRef: whole})
		} else {
			from = append(from, v1alpha1.EnvFromSource{Prefix: f.prefix, SecretRef: whole})
		}
	}
	return from
}

func wording(s *modelSet) string {
	var words []string
	for _, f := range s.from {
		words = append(words, f.prefix+"* from "+f.source+perhaps(f.optional))
	}
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		v := s.env[name]
		if v.source != "" {
			name += " from " + v.key + " of " + v.source + perhaps(v.optional)
		}
		words = append(words, name)
	}
	return strings.Join(words, ", ")
}

func perhaps(optional bool) string {
	if optional {
		return " if it is there"
	}
	return ""
}

func (t *history) makesSet() *step {
	name := pick(t, t.model.sets, false, "w x y z", nil)
	if name == "" {
		return nil
	}
	model := &modelSet{env: map[string]modelValue{}, from: t.someFrom(), foreign: t.odds(12)}
	for range 1 + t.chance.IntN(3) {
		model.env[t.someName()] = t.someValue()
	}
	obj := envVarSet(t.id(name), t.id(ofAccount[name]), t.env(model.env)...)
	obj.Spec.EnvFrom = t.envFrom(model.from)
	t.mayReport(obj, &model.modelObject)
	what := "make set " + name + " of " + wording(model)
	if model.foreign {
		what += ", of another class"
		obj.Spec.ClassName = "another"
	}
	return &step{what: what, absent: envVarSet(t.id(name), ""), object: obj, does: func() {
		t.create(obj)
		t.model.sets[name] = model
	}}
}

// editsSet renames, adds, removes or writes again, or takes other sources whole.
func (t *history) editsSet() *step {
	name := pick(t, t.model.sets, true, "w x y z", nil)
	if name == "" {
		return nil
	}
	model := t.model.sets[name]
	next := t.edited(model)
	obj := envVarSet(t.id(name), "")
	// Of a set that is written no more, what it holds from then on is what it held before.
	settles := t.model.lacks(next) && !t.model.lacks(model)
	return t.heeds(&model.modelObject, &step{what: "edit set " + name + " to " + wording(next), certain: settles, settles: settles, object: obj, does: func() {
		edits(t, obj, func(e *v1alpha1.EnvVarSet) { e.Spec.Env, e.Spec.EnvFrom = t.env(next.env), t.envFrom(next.from) })
		model.env, model.from = next.env, next.from
	}})
}

// edited is what such an edit makes of a set.
func (t *history) edited(model *modelSet) *modelSet {
	next := &modelSet{env: maps.Clone(model.env), from: model.from}
	switch names := slices.Sorted(maps.Keys(next.env)); {
	case t.odds(4):
		next.from = t.someFrom()
	case len(names) > 0 && t.odds(2):
		old := t.one(names...)
		v := next.env[old]
		delete(next.env, old)
		if t.odds(2) {
			next.env[t.someName()] = v
		}
	default:
		next.env[t.someName()] = t.someValue()
	}
	return next
}

func (t *history) deletesSet() *step {
	name := pick(t, t.model.sets, true, "w x y z", nil)
	if name == "" {
		return nil
	}
	obj, policy := envVarSet(t.id(name), ""), v1alpha1.DeletionPolicy(t.one("Delete", "Delete", "Retain"))
	retains := policy == v1alpha1.DeletionRetain
	return &step{what: string(policy) + " set " + name, certain: retains, settles: retains, object: obj, does: func() {
		t.goes(obj, policy)
		t.model.leaves(name, retains)
	}}
}

// leaves notes that a set goes. What it held has no owner then, or is gone.
func (m *historyModel) leaves(set string, retains bool) {
	delete(m.sets, set)
	for _, r := range m.rows {
		left := maps.Clone(r.vars)
		m.drop(r, set, func(string) bool { return true })
		for v, had := range left {
			if retains && had.owner == set {
				r.vars[v] = modelVariable{size: had.size}
			}
		}
	}
}
