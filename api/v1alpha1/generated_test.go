package v1alpha1_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// isRequired reports whether a field may not be left out by itself. An item of a list never is, as the list becomes shorter
// instead, nor is the one member that a choice has.
func isRequired(known map[string]*schema, path string) bool {
	if strings.HasSuffix(path, "[]") {
		return true
	}
	cut := strings.LastIndex(path, ".")
	parent, name := known[path[:cut]], path[cut+1:]
	return slices.Contains(parent.Required, name) || slices.ContainsFunc(parent.XValidations, func(r apiextensionsv1.ValidationRule) bool {
		return strings.HasPrefix(r.Message, "exactly one of") && strings.Contains(r.Rule, "has(self."+name+")")
	})
}

// wrong returns values that a leaf's type, length, size and enum forbid, and what the API server says to each.
func wrong(s *schema) []refusal {
	switch s.Type {
	case "string":
		list := []refusal{{"a number", int64(7), "must be of type string"}, {"a list", []any{"a"}, "must be of type string"}}
		if len(s.Enum) > 0 {
			list = append(list, refusal{"none of the values it may have", "Other", "Unsupported value"})
			if !slices.ContainsFunc(s.Enum, func(v apiextensionsv1.JSON) bool { return string(v.Raw) == `""` }) {
				list = append(list, refusal{"empty", "", "Unsupported value"})
			}
			return list
		}
		return append(list, refusal{"longer than it may be", strings.Repeat("a", int(*s.MaxLength)+1), fmt.Sprintf("may not be more than %d", *s.MaxLength)})
	case "boolean":
		return []refusal{{"a text", "true", "must be of type boolean"}, {"a number", int64(1), "must be of type boolean"}}
	case "integer":
		return []refusal{{"a text", "60", "must be of type integer"}, {"a fraction", 1.5, "must be of type int32"}}
	case "object":
		return []refusal{
			{"a text", "a=b", "must be of type object"},
			{"empty", map[string]any{}, fmt.Sprintf("should have at least %d properties", *s.MinProperties)},
			{"larger than it may be", labels(int(*s.MaxProperties) + 1), fmt.Sprintf("must have at most %d items", *s.MaxProperties)},
		}
	}
	return nil
}

// labels returns a map of n entries.
func labels(n int) map[string]any {
	all := map[string]any{}
	for i := range n {
		all[fmt.Sprintf("label-%d", i)] = "value"
	}
	return all
}

// What follows from type, length, size and enum is generated from the schema, so that a new field has its cases at once.
func TestSpecs_EachLeaf_RefusesWhatItsSchemaForbids(t *testing.T) {
	all := schemas(t)
	for _, k := range kinds {
		known := nodes(all[k.name])
		for _, f := range k.fields {
			cases := wrong(known[pattern(f.path)])
			if len(cases) == 0 {
				t.Errorf("%s %s: no wrong value known for its type", k.name, f.path)
			}
			for _, r := range cases {
				t.Run(fmt.Sprintf("given %s, when %s is %s, then it is refused", k.name, f.path, r.what), func(t *testing.T) {
					refused(t, submit(t, with(k.example(t, f.path), f.path, r.value)), f.path, r.says)
				})
			}
		}
	}
}

func TestSpecs_ListWithOneItemTooMany_IsRefused(t *testing.T) {
	all := schemas(t)
	for _, k := range kinds {
		for path, s := range nodes(all[k.name]) {
			if s.Type != "array" || !strings.HasPrefix(path, "spec.") {
				continue
			}
			t.Run(fmt.Sprintf("given %s, when %s has %d items, then it is refused", k.name, path, *s.MaxItems+1), func(t *testing.T) {
				refused(t, submit(t, crowded(t, k, firstOf(path), int(*s.MaxItems)+1)), firstOf(path), fmt.Sprintf("must have at most %d items", *s.MaxItems))
			})
		}
	}
}

// crowded returns an example whose list has n items, each with a name of its own if it has one.
func crowded(t *testing.T, k kind, path string, n int) *unstructured.Unstructured {
	t.Helper()
	example := k.example(t, path)
	list, _ := lookup(example, path)
	items := slices.Repeat(list.([]any)[:1], n)
	for i := range items {
		item, _ := items[i].(map[string]any)
		if _, ok := item["name"]; ok {
			item = maps.Clone(item)
			item["name"] = fmt.Sprintf("NAME_%d", i)
			items[i] = item
		}
	}
	return with(example, path, items)
}

func TestFields_Unknown_AreRefused(t *testing.T) {
	for _, k := range kinds {
		for _, path := range []string{"spec.unknown", "spec.accountRef.namespace"} {
			example := k.first(t)
			if _, ok := lookup(example, path[:strings.LastIndex(path, ".")]); !ok {
				continue
			}
			t.Run(fmt.Sprintf("given %s, when it has the field %s, then strict validation refuses it", k.name, path), func(t *testing.T) {
				err := submit(t, with(example, path, "other"))
				if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("unknown field %q", path)) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}
