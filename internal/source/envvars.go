package source

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// Limits of one set.
const (
	MaxNames      = 1024
	MaxValueBytes = 64 << 10
	MaxTotalBytes = 1 << 20
)

// validName is what Kubernetes takes as the name of a variable in envFrom.
var validName = regexp.MustCompile(`^[-._a-zA-Z][-._a-zA-Z0-9]*$`)

const maxNameBytes = 512

// Variable is one name and its value.
type Variable struct {
	Name  string
	Value store.Secret
}

// EnvVarRefs lists the objects that a set takes values from, each once, in the order of the spec.
func EnvVarRefs(spec *v1alpha1.EnvVarSetSpec) []Ref {
	var refs []Ref
	add := func(kind v1alpha1.SourceKind, name string) {
		if ref := (Ref{kind, name}); !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	for _, f := range spec.EnvFrom {
		ref, _ := fromObject(f)
		add(ref.Kind, ref.Name)
	}
	for _, e := range spec.Env {
		if e.ValueFrom != nil {
			ref, _ := fromKey(e.ValueFrom)
			add(ref.Kind, ref.Name)
		}
	}
	return refs
}

func fromObject(f v1alpha1.EnvFromSource) (Ref, bool) {
	if f.SecretRef != nil {
		return Ref{v1alpha1.SourceSecret, f.SecretRef.Name}, f.SecretRef.Optional
	}
	return Ref{v1alpha1.SourceConfigMap, f.ConfigMapRef.Name}, f.ConfigMapRef.Optional
}

func fromKey(s *v1alpha1.EnvVarSource) (Ref, *v1alpha1.KeySelector) {
	if s.SecretKeyRef != nil {
		return Ref{v1alpha1.SourceSecret, s.SecretKeyRef.Name}, s.SecretKeyRef
	}
	return Ref{v1alpha1.SourceConfigMap, s.ConfigMapKeyRef.Name}, s.ConfigMapKeyRef
}

// EnvVars resolves a set from the objects that Read gave, sorted by name. Later sources win: envFrom in its order, then
// env. Anything wrong in any source is a *Problem for the whole set, so that a set is never half right.
func EnvVars(spec *v1alpha1.EnvVarSetSpec, objects map[Ref]Object) ([]Variable, error) {
	values := map[string][]byte{}
	for _, f := range spec.EnvFrom {
		if err := addAll(values, f, objects); err != nil {
			return nil, err
		}
	}
	for _, e := range spec.Env {
		if err := addOne(values, e, objects); err != nil {
			return nil, err
		}
	}
	if err := checkLimits(values); err != nil {
		return nil, err
	}
	variables := make([]Variable, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		variables = append(variables, Variable{Name: name, Value: store.NewSecret(values[name])})
	}
	return variables, nil
}

func addAll(values map[string][]byte, f v1alpha1.EnvFromSource, objects map[Ref]Object) error {
	ref, optional := fromObject(f)
	o := objects[ref]
	if !o.Exists() && !optional {
		return problem(v1alpha1.ReasonSourceMissing, "%s does not exist; create it, or mark it optional", ref)
	}
	for _, key := range slices.Sorted(maps.Keys(o.Data)) {
		name := f.Prefix + key
		if !validName.MatchString(name) || len(name) > maxNameBytes {
			return problem(v1alpha1.ReasonSourceInvalid,
				"key %q of %s gives no valid variable name; rename the key, or take single keys with env", shorten(key), ref)
		}
		if err := checkValue(name, ref, o.Data[key]); err != nil {
			return err
		}
		values[name] = o.Data[key]
	}
	return nil
}

func addOne(values map[string][]byte, e v1alpha1.EnvVar, objects map[Ref]Object) error {
	if e.ValueFrom == nil {
		values[e.Name] = nil
		if e.Value != nil {
			values[e.Name] = []byte(*e.Value)
		}
		return nil
	}
	ref, sel := fromKey(e.ValueFrom)
	o := objects[ref]
	value, found := o.Data[sel.Key]
	switch {
	case found:
		values[e.Name] = value
		return checkValue(e.Name, ref, value)
	case sel.Optional:
		return nil
	case !o.Exists():
		return problem(v1alpha1.ReasonSourceMissing, "%s does not exist; create it, or mark it optional", ref)
	default:
		return problem(v1alpha1.ReasonSourceMissing,
			"%s has no key %q, which %s takes; add the key, or mark it optional", ref, sel.Key, e.Name)
	}
}

// checkValue refuses what no environment can hold.
func checkValue(name string, ref Ref, value []byte) error {
	if bytes.IndexByte(value, 0) >= 0 || !utf8.Valid(value) {
		return problem(v1alpha1.ReasonSourceInvalid,
			"the value of %s from %s is binary, which no environment variable can hold; encode it, for example as base64", name, ref)
	}
	if len(value) > MaxValueBytes {
		return problem(v1alpha1.ReasonLimitExceeded,
			"the value of %s from %s has %d bytes, more than %d; shorten it", name, ref, len(value), MaxValueBytes)
	}
	return nil
}

func checkLimits(values map[string][]byte) error {
	if len(values) > MaxNames {
		return problem(v1alpha1.ReasonLimitExceeded, "the set has %d names, more than %d; split it", len(values), MaxNames)
	}
	total := 0
	for name, value := range values {
		total += len(name) + len(value)
	}
	if total > MaxTotalBytes {
		return problem(v1alpha1.ReasonLimitExceeded,
			"names and values of the set have %d bytes in all, more than %d; split it", total, MaxTotalBytes)
	}
	return nil
}

// shorten keeps a key that a user wrote to a length that fits into a message.
func shorten(s string) string {
	if len(s) <= 64 {
		return s
	}
	return s[:64] + "..."
}
