package v1alpha1_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// kind is what we know of a kind: examples that together set every field of its spec, and what is taken and refused.
type kind struct {
	name     string
	examples []string
	fields   []field
	rules    []rule
	fixed    []fixed
}

var kinds = []kind{account, accountAction, envVarSet, cloudConnection, sshKey}

// field is one leaf of a spec: what the API server takes for it beside the example's value, and what it refuses.
type field struct {
	path    string
	accepts []value
	refuses []refusal
}

type value struct {
	what  string
	value any
}

type refusal struct {
	what  string
	value any
	says  string
}

// example returns the first example of the kind that has the field.
func (k kind) example(t *testing.T, path string) *unstructured.Unstructured {
	t.Helper()
	for _, manifest := range k.examples {
		o := object(t, manifest)
		if _, ok := lookup(o, path); ok {
			return o
		}
	}
	t.Fatalf("no example of %s sets %s", k.name, path)
	return nil
}

// first returns the kind's first example.
func (k kind) first(t *testing.T) *unstructured.Unstructured {
	t.Helper()
	return object(t, k.examples[0])
}

func TestExamples(t *testing.T) {
	for _, k := range kinds {
		for i, manifest := range k.examples {
			t.Run(fmt.Sprintf("given example %d of %s, when it is created, then it is accepted", i, k.name), func(t *testing.T) {
				accepted(t, submit(t, object(t, manifest)))
			})
		}
	}
}

func TestFields(t *testing.T) {
	for _, k := range kinds {
		for _, f := range k.fields {
			example := k.example(t, f.path)
			for _, v := range f.accepts {
				t.Run(fmt.Sprintf("given %s, when %s is %s, then it is accepted", k.name, f.path, v.what), func(t *testing.T) {
					accepted(t, submit(t, with(example, f.path, v.value)))
				})
			}
			for _, r := range f.refuses {
				t.Run(fmt.Sprintf("given %s, when %s is %s, then it is refused", k.name, f.path, r.what), func(t *testing.T) {
					refused(t, submit(t, with(example, f.path, r.value)), f.path, r.says)
				})
			}
		}
	}
}

// A field that may change does so in place: changed, left out where it may be, and set again.
func TestFields_Changed_InPlace(t *testing.T) {
	all := schemas(t)
	for _, k := range kinds {
		known := nodes(all[k.name])
		for _, f := range k.fields {
			if k.isFixed(f.path) {
				continue
			}
			t.Run(fmt.Sprintf("given a stored %s, when %s is changed, left out and set again, then each is accepted", k.name, f.path), func(t *testing.T) {
				live := created(t, k.example(t, f.path))
				before, _ := lookup(live, f.path)
				live = stored(t, live, f.path, f.accepts[0].value)
				node := pattern(f.path)
				if !isRequired(known, node) && known[node].Default == nil {
					live = stored(t, live, f.path, absent)
				}
				stored(t, live, f.path, before)
			})
		}
	}
}

// stored updates one field for real and makes sure that the API server kept exactly that.
func stored(t *testing.T, live *unstructured.Unstructured, path string, want any) *unstructured.Unstructured {
	t.Helper()
	changed := with(live, path, want)
	if err := admin.Update(t.Context(), changed); err != nil {
		t.Fatalf("setting %s to %v: %v", path, want, err)
	}
	got, ok := lookup(changed, path)
	if ok != (want != absent) || !cmp.Equal(got, want) {
		t.Fatalf("%s is stored as %v; want %v", path, got, want)
	}
	return changed
}
