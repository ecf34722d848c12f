package v1alpha1_test

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The API server bounds what the rules of one object may cost. The largest objects there may be stay below that bound,
// when they are created and when they are compared with their former selves.
func TestTheLargestObjectsAreAccepted(t *testing.T) {
	for _, c := range []struct {
		when string
		o    *unstructured.Unstructured
	}{
		{"it has 256 values and 16 sources, with names as long as they may be", largestSet(t, func(i int) map[string]any {
			return map[string]any{"name": long(i), "value": strings.Repeat("v", 2048)}
		})},
		{"it has 256 keys of Secrets and 16 sources, with names as long as they may be", largestSet(t, func(i int) map[string]any {
			ref := map[string]any{"name": strings.ToLower(long(i)), "key": long(i)}
			return map[string]any{"name": long(i), "valueFrom": map[string]any{"secretKeyRef": ref}}
		})},
	} {
		t.Run(fmt.Sprintf("given EnvVarSet, when %s, then it is accepted and may be edited", c.when), func(t *testing.T) {
			live := created(t, c.o)
			accepted(t, admin.Update(t.Context(), with(live, "spec.suspend", true)))
		})
	}
}

// long is a name of 253 characters.
func long(i int) string { return fmt.Sprintf("A%0252d", i) }

func largestSet(t *testing.T, variable func(i int) map[string]any) *unstructured.Unstructured {
	t.Helper()
	var env, from []any
	for i := range 256 {
		env = append(env, variable(i))
	}
	for i := range 16 {
		ref := map[string]any{"name": strings.ToLower(long(i))}
		from = append(from, map[string]any{"prefix": long(i)[:128], "secretRef": ref})
	}
	o := object(t, "{kind: EnvVarSet, spec: {accountRef: {name: alice}}}")
	return with(with(o, "spec.env", env), "spec.envFrom", from)
}
