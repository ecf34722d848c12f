package v1alpha1_test

import (
	"slices"
	"strings"
	"testing"
)

// A field that is added without a case is found here.
func TestSpecs_EachLeaf_HasACase(t *testing.T) {
	for name, s := range schemas(t) {
		k, ok := kindNamed(name)
		if !ok {
			t.Errorf("%s has no cases at all", name)
			continue
		}
		covered := map[string]bool{}
		for _, f := range k.fields {
			covered[pattern(f.path)] = len(f.accepts) > 0 || k.isFixed(f.path)
		}
		for _, path := range leaves("spec", s) {
			if !covered[path] {
				t.Errorf("%s %s has no case in which a value is accepted", name, path)
			}
		}
	}
}

// A rule that is added without a case that it refuses is found here, by the words of its message.
func TestRules_Each_HasARefusal(t *testing.T) {
	for name, s := range schemas(t) {
		k, _ := kindNamed(name)
		visit("", s, func(path string, s *schema) {
			if strings.HasPrefix(path, "status.") {
				return // only the operator writes it
			}
			for _, r := range s.XValidations {
				if !k.refuses(path+r.FieldPath, r.Message) {
					t.Errorf("%s %s: no case is refused with %q", name, path, r.Message)
				}
			}
		})
	}
}

func kindNamed(name string) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

// refuses reports whether a case at the path expects this message, or a part of it.
func (k kind) refuses(path, message string) bool {
	return slices.ContainsFunc(k.refusals(), func(r refusalAt) bool {
		return pattern(r.path) == path && strings.Contains(message, r.says)
	})
}

type refusalAt struct{ path, says string }

// refusals lists what all cases of the kind expect to be refused.
func (k kind) refusals() []refusalAt {
	var all []refusalAt
	for _, f := range k.fields {
		for _, r := range f.refuses {
			all = append(all, refusalAt{f.path, r.says})
		}
	}
	for _, r := range k.rules {
		if r.says != "" {
			all = append(all, refusalAt{r.at, r.says})
		}
	}
	for _, f := range k.fixed {
		all = append(all, refusalAt{f.at, f.says})
	}
	return all
}
