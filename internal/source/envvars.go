package source

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// validName is what Kubernetes takes as the name of a variable in envFrom.
var validName = regexp.MustCompile(`^[-._a-zA-Z][-._a-zA-Z0-9]*$`)

// Variable is one name and its value.
type Variable struct {
	Name  string
	Value store.Secret
	// From is the object that has the value; zero where the spec itself has it.
	From Ref
}

// found is a value, where it was found as messages say it, and in which object; in none where the spec has it.
type found struct {
	value []byte
	where string
	from  Ref
}

// EnvVars takes the variables from the objects that Read gave, sorted by name. Later sources win: envFrom, then dotenv, then
// env, each in its order. Anything wrong in any source is a *Problem for the whole set, so that a set is never half right.
// With folds the store takes names that differ only in case for one.
func (s Compiled) EnvVars(objects map[Ref]Object, folds bool) ([]Variable, error) {
	values := map[string]found{}
	if err := s.takeObjects(values, objects); err != nil {
		return nil, err
	}
	for n, d := range s.dotenv {
		if err := takeDotenv(values, n, d, objects); err != nil {
			return nil, err
		}
	}
	for _, e := range s.env {
		if err := takeOne(values, e, objects); err != nil {
			return nil, err
		}
	}
	if err := checkLimits(values); err != nil {
		return nil, err
	}
	if folds {
		if err := checkSpellings(values); err != nil {
			return nil, err
		}
	}
	variables := make([]Variable, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		variables = append(variables, Variable{Name: name, Value: store.NewSecret(values[name].value), From: values[name].from})
	}
	return variables, nil
}

func (s Compiled) takeObjects(values map[string]found, objects map[Ref]Object) error {
	taken := map[string]from{} // by whom, of the names that a selector's Secrets gave
	steps := 0
	for _, f := range s.from {
		o := objects[f.ref]
		if !f.isChosen(o) {
			if !s.hasChosen(f.entry, objects) {
				return noneChosen(f.entry, f.labels)
			}
			continue
		}
		switch {
		case f.optional:
		case !o.Exists():
			return missing(f.ref)
		case len(o.Data) == 0:
			return emptied(f.ref)
		}
		keys, err := s.filters[f.entry].chosen(o.Data, &steps)
		if err != nil {
			return err
		}
		if err := f.take(values, o, keys, taken); err != nil {
			return err
		}
	}
	return nil
}

// isChosen reports whether the object still has the labels that it was chosen by. One that lost them since the selector was resolved,
// or is gone, is left out; the watch asks for another pass.
func (f from) isChosen(o Object) bool {
	return f.labels == nil || labels.SelectorFromSet(f.labels).Matches(o.Labels)
}

// hasChosen reports whether a selector still chooses anything.
func (s Sources) hasChosen(entry int, objects map[Ref]Object) bool {
	return slices.ContainsFunc(s.from, func(f from) bool {
		return f.labels != nil && f.entry == entry && f.isChosen(objects[f.ref])
	})
}

func (f from) take(values map[string]found, o Object, keys []string, taken map[string]from) error {
	for _, k := range keys {
		name := f.prefix + k
		if !validName.MatchString(name) || len(name) > maxNameBytes {
			return problem(v1alpha1.ReasonSourceInvalid,
				"key %q of %s gives no valid variable name; rename the key, or choose among the keys", shorten(k), f.ref)
		}
		if other, twice := taken[name]; twice && f.labels != nil && other.entry == f.entry {
			return problem(v1alpha1.ReasonSourceInvalid,
				"%s is in both %s and %s, which envFrom[%d].secretSelector chooses; rename one of the keys", name, other.ref, f.ref, f.entry)
		}
		if err := checkValue(name, f.ref, o.Data[k]); err != nil {
			return err
		}
		if f.labels != nil {
			taken[name] = f
		}
		values[name] = found{o.Data[k], f.ref.String(), f.ref}
		if err := checkCount(values); err != nil {
			return err
		}
	}
	return nil
}

func takeDotenv(values map[string]found, n int, d v1alpha1.DotenvSource, objects map[Ref]Object) error {
	text, where, from := []byte(d.Inline), fmt.Sprintf("dotenv[%d]", n), Ref{}
	k := dotenvKey(d)
	if k != nil {
		content, err := k.in(objects, where)
		if content == nil || err != nil {
			return err
		}
		text, where, from = content, fmt.Sprintf("dotenv[%d] (key %q of %s)", n, k.key, k.ref), k.ref
	}
	variables, err := parseDotenv(where, text)
	if err != nil {
		return err
	}
	if len(variables) == 0 && k != nil && !k.optional {
		return emptiedText(where)
	}
	for _, v := range variables {
		values[v.Name] = found{v.Value, where, from}
	}
	return checkCount(values)
}

func takeOne(values map[string]found, e v1alpha1.EnvVar, objects map[Ref]Object) error {
	if e.ValueFrom == nil {
		var text string
		if e.Value != nil {
			text = *e.Value
		}
		values[e.Name] = found{[]byte(text), "env", Ref{}}
		return nil
	}
	k := keyOf(e.ValueFrom.SecretKeyRef, e.ValueFrom.ConfigMapKeyRef)
	value, err := k.in(objects, e.Name)
	if value == nil || err != nil {
		return err
	}
	values[e.Name] = found{value, k.ref.String(), k.ref}
	return checkValue(e.Name, k.ref, value)
}

// in finds the key's content, for whoever takes it; nil when it is missing and may be.
func (k *key) in(objects map[Ref]Object, taker string) ([]byte, error) {
	o := objects[k.ref]
	value, exists := o.Data[k.key]
	switch {
	case exists && value == nil:
		return []byte{}, nil
	case exists:
		return value, nil
	case k.optional:
		return nil, nil
	case !o.Exists():
		return nil, missing(k.ref)
	default:
		return nil, problem(v1alpha1.ReasonSourceMissing,
			"%s has no key %q, which %s takes; add the key, or mark it optional", k.ref, k.key, taker)
	}
}

// emptied keeps what was taken from an object before: one that lost all its keys is more likely an accident than a wish, as one that is
// gone is.
func emptied(ref Ref) error {
	return problem(v1alpha1.ReasonSourceMissing, "%s has no keys; fill it, or mark it optional to have its variables removed", ref)
}

// emptiedText is emptied for a .env text: a key that lost its content.
func emptiedText(where string) error {
	return problem(v1alpha1.ReasonSourceMissing, "%s has no variables; fill it, or mark it optional to have its variables removed", where)
}

func missing(ref Ref) error {
	return problem(v1alpha1.ReasonSourceMissing, "%s does not exist; create it, or mark it optional", ref)
}
