package v1alpha1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// isRequired tells whether a field may not be left out.
func isRequired(known map[string]*schema, path string) bool {
	cut := strings.LastIndex(path, ".")
	return slices.Contains(known[path[:cut]].Required, path[cut+1:])
}

// wrong returns values that a leaf's type, length and enum forbid, and what the API server says to each.
func wrong(s *schema) []refusal {
	switch s.Type {
	case "string":
		list := []refusal{{"a number", int64(7), "must be of type string"}, {"a list", []any{"a"}, "must be of type string"}}
		if len(s.Enum) > 0 {
			return append(list, refusal{"none of the values it may have", "Other", "Unsupported value"}, refusal{"empty", "", "Unsupported value"})
		}
		return append(list, refusal{"longer than it may be", strings.Repeat("a", int(*s.MaxLength)+1), fmt.Sprintf("may not be more than %d", *s.MaxLength)})
	case "boolean":
		return []refusal{{"a text", "true", "must be of type boolean"}, {"a number", int64(1), "must be of type boolean"}}
	}
	return nil
}

// What follows from type, length and enum is generated from the schema, so that a new field has its cases at once.
func TestEveryLeafRefusesWhatItsSchemaForbids(t *testing.T) {
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

func TestEveryListRefusesOneItemTooMany(t *testing.T) {
	all := schemas(t)
	for _, k := range kinds {
		for path, s := range nodes(all[k.name]) {
			if s.Type != "array" || !strings.HasPrefix(path, "spec.") {
				continue
			}
			t.Run(fmt.Sprintf("given %s, when %s has %d items, then it is refused", k.name, path, *s.MaxItems+1), func(t *testing.T) {
				refused(t, submit(t, crowded(t, k, path, int(*s.MaxItems)+1)), path, fmt.Sprintf("must have at most %d items", *s.MaxItems))
			})
		}
	}
}

// crowded returns an example whose list has n items, each with a name of its own if it has one.
func crowded(t *testing.T, k kind, path string, n int) *unstructured.Unstructured {
	t.Helper()
	example := k.example(t, path)
	list, _ := lookup(example, path)
	first := list.([]any)[0].(map[string]any)
	items := make([]any, n)
	for i := range items {
		item := map[string]any{}
		for name, value := range first {
			item[name] = value
		}
		if _, ok := item["name"]; ok {
			item["name"] = fmt.Sprintf("NAME_%d", i)
		}
		items[i] = item
	}
	return with(example, path, items)
}

func TestUnknownFieldsAreRefused(t *testing.T) {
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
