package source

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// MaxSelected is how many Secrets one selector may choose, and MaxSources how many objects a set may take from: status names
// each.
const (
	MaxSelected = 64
	MaxSources  = 512
)

// Sources are the sources of a set with its selectors resolved to names.
type Sources struct {
	envFrom []v1alpha1.EnvFromSource
	from    []from
	dotenv  []v1alpha1.DotenvSource
	env     []v1alpha1.EnvVar
}

// from is one whole object that variables are taken from.
type from struct {
	ref      Ref
	optional bool
	prefix   string
	// entry is the position in envFrom of what names or chose the object, and labels are what its selector asked for; nil
	// where the object is named.
	entry  int
	labels labels.Set
}

// Match answers which Secrets have the labels, by name and sorted.
type Match func(labels.Set) ([]string, error)

// NewSources resolves the selectors of a set. It compiles nothing: a set in sync needs to know only what it takes from.
func NewSources(spec *v1alpha1.EnvVarSetSpec, match Match) (Sources, error) {
	s := Sources{envFrom: spec.EnvFrom, dotenv: spec.Dotenv, env: spec.Env}
	for n, f := range spec.EnvFrom {
		if f.SecretSelector == nil {
			ref, optional := fromObject(f)
			s.from = append(s.from, from{ref: ref, optional: optional, prefix: f.Prefix, entry: n})
			continue
		}
		chosen, err := choose(n, f.SecretSelector.MatchLabels, match)
		if err != nil {
			return Sources{}, err
		}
		for _, name := range chosen {
			s.from = append(s.from, from{
				ref: Ref{v1alpha1.SourceSecret, name}, prefix: f.Prefix, entry: n, labels: f.SecretSelector.MatchLabels,
			})
		}
	}
	if n := len(s.Refs()); n > MaxSources {
		return Sources{}, problem(v1alpha1.ReasonLimitExceeded,
			"the set takes from %d Secrets and ConfigMaps, more than %d; ask for more labels, or split it", n, MaxSources)
	}
	return s, nil
}

func choose(n int, wanted labels.Set, match Match) ([]string, error) {
	chosen, err := match(wanted)
	switch {
	case err != nil:
		return nil, err
	case len(chosen) == 0:
		return nil, noneChosen(n, wanted)
	case len(chosen) > MaxSelected:
		return nil, problem(v1alpha1.ReasonLimitExceeded,
			"envFrom[%d].secretSelector (%s) chooses %d Secrets, more than %d; ask for more labels", n, wanted, len(chosen), MaxSelected)
	}
	return chosen, nil
}

func noneChosen(n int, wanted labels.Set) error {
	return problem(v1alpha1.ReasonSourceMissing,
		"no Secret has the labels of envFrom[%d].secretSelector (%s); label one, or remove the selector", n, wanted)
}

// Refs lists the objects that values are taken from, each once, in the order of the spec.
func (s Sources) Refs() []Ref {
	var refs []Ref
	add := func(ref Ref) {
		if !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	for _, f := range s.from {
		add(f.ref)
	}
	for _, d := range s.dotenv {
		if key := dotenvKey(d); key != nil {
			add(key.ref)
		}
	}
	for _, e := range s.env {
		if e.ValueFrom != nil {
			add(keyOf(e.ValueFrom.SecretKeyRef, e.ValueFrom.ConfigMapKeyRef).ref)
		}
	}
	return refs
}

// Named lists the objects that a spec names, and whether it has a selector: what an index can know of it.
func Named(spec *v1alpha1.EnvVarSetSpec) (refs []Ref, selects bool) {
	s := Sources{dotenv: spec.Dotenv, env: spec.Env}
	for _, f := range spec.EnvFrom {
		if f.SecretSelector != nil {
			selects = true
			continue
		}
		ref, _ := fromObject(f)
		s.from = append(s.from, from{ref: ref})
	}
	return s.Refs(), selects
}

// Selects reports whether one of the spec's selectors chooses a Secret of these labels.
func Selects(spec *v1alpha1.EnvVarSetSpec, of labels.Set) bool {
	return slices.ContainsFunc(spec.EnvFrom, func(f v1alpha1.EnvFromSource) bool {
		return f.SecretSelector != nil && labels.SelectorFromSet(f.SecretSelector.MatchLabels).Matches(of)
	})
}

func fromObject(f v1alpha1.EnvFromSource) (Ref, bool) {
	if f.SecretRef != nil {
		return Ref{v1alpha1.SourceSecret, f.SecretRef.Name}, f.SecretRef.Optional
	}
	return Ref{v1alpha1.SourceConfigMap, f.ConfigMapRef.Name}, f.ConfigMapRef.Optional
}

// key is one key of one object.
type key struct {
	ref      Ref
	key      string
	optional bool
}

func keyOf(secret, configMap *v1alpha1.KeySelector) *key {
	switch {
	case secret != nil:
		return &key{Ref{v1alpha1.SourceSecret, secret.Name}, secret.Key, secret.Optional}
	case configMap != nil:
		return &key{Ref{v1alpha1.SourceConfigMap, configMap.Name}, configMap.Key, configMap.Optional}
	default:
		return nil
	}
}

// dotenvKey is nil for a text that is written out.
func dotenvKey(d v1alpha1.DotenvSource) *key { return keyOf(d.SecretKeyRef, d.ConfigMapKeyRef) }
