package v1alpha1_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// empty are the ways in which a template renders a part of a spec for which nothing was chosen.
func empty(s *schema) []any {
	switch s.Type {
	case "object":
		return []any{map[string]any{}, nil}
	case "array":
		return []any{[]any{}, nil}
	case "string":
		return []any{"", nil}
	default:
		return []any{nil}
	}
}

// A part of a spec that server-side apply takes empty in a new object it takes in an old one, too: a struct of which the last field
// is removed, a list that loses its last item, a text that is chosen no more.
func TestAPartOfASpec_EmptiedByServerSideApply_IsTakenAsInANewObject(t *testing.T) {
	taken := map[string]int{}
	for name, s := range schemas(t) {
		k, _ := kindNamed(name)
		known := nodes(s)
		for _, node := range slices.Sorted(maps.Keys(known)) {
			for _, value := range empty(known[node]) {
				if k.isEmptied(t, firstOf(node), value) {
					taken[fmt.Sprintf("%s %T", known[node].Type, value)]++
				}
			}
		}
	}
	// At least as many as there were when this was written; none of them may be lost.
	for kind, least := range map[string]int{
		"object map[string]interface {}": 7, "object <nil>": 6, "array []interface {}": 6, "array <nil>": 4, "string string": 36,
	} {
		if taken[kind] < least {
			t.Errorf("of the fields that become %s, only %d are taken, want %d", kind, taken[kind], least)
		}
	}
}

// isEmptied says whether a new object may have this value; an old one is then given it.
func (k kind) isEmptied(t *testing.T, path string, value any) bool {
	t.Helper()
	if !strings.HasPrefix(path, "spec.") || strings.HasSuffix(path, "]") || k.fixes(path) {
		return false
	}
	example := k.having(t, path)
	if example == nil {
		return false
	}
	emptied := withNull(example, path, value)
	if apply(t, emptied, "new", client.DryRunAll) != nil {
		return false
	}
	t.Run(fmt.Sprintf("given a stored %s, when %s becomes %v, then it is accepted", k.name, path, value), func(t *testing.T) {
		live := "emptied-" + strings.ToLower(k.name)
		accepted(t, apply(t, example, live))
		accepted(t, apply(t, emptied, live))
	})
	return true
}

// fixes reports whether nothing at this path, or of what is below it, may change.
func (k kind) fixes(path string) bool {
	return k.name == "AccountAction" || slices.ContainsFunc(k.fixed, func(f fixed) bool {
		return f.path == path || strings.HasPrefix(f.path, path+".")
	})
}

// having is the first example that has the path, or nil.
func (k kind) having(t *testing.T, path string) *unstructured.Unstructured {
	t.Helper()
	for _, manifest := range k.examples {
		o := object(t, manifest)
		if _, ok := lookup(o, path); ok {
			return o
		}
	}
	return nil
}

// withNull is with, but nil is written out as null.
func withNull(o *unstructured.Unstructured, path string, value any) *unstructured.Unstructured {
	if value != nil {
		return with(o, path, value)
	}
	changed, at := with(o, path, ""), steps(path)
	parent, _ := lookup(changed, strings.Join(at[:len(at)-1], "."))
	parent.(map[string]any)[at[len(at)-1]] = nil
	return changed
}

// apply does what `kubectl apply --server-side` does.
func apply(t *testing.T, o *unstructured.Unstructured, name string, options ...client.ApplyOption) error {
	t.Helper()
	o = o.DeepCopy()
	o.SetName(name)
	t.Cleanup(func() { _ = admin.Delete(context.Background(), o) })
	return admin.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(o), append(options, client.FieldOwner("gitops"))...)
}
