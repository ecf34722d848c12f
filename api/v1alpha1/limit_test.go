package v1alpha1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The API server bounds what the rules of one object may cost. The largest objects there may be stay below that bound,
// when they are created and when they are compared with their former selves.
func TestObjects_Largest_AreAccepted(t *testing.T) {
	for _, c := range []struct {
		when string
		o    *unstructured.Unstructured
	}{
		{"it has 256 values, 16 selectors and 16 texts, with names as long as they may be", largestSet(t, largest{
			variable: func(i int) map[string]any { return map[string]any{"name": long(i), "value": strings.Repeat("v", 2048)} },
			source:   func(int) (string, any) { return "secretSelector", map[string]any{"matchLabels": longLabels()} },
			text:     func(int) (string, any) { return "inline", strings.Repeat("#", 16384) },
		})},
		{"it has 256 keys, 16 sources and 16 texts of Secrets, with names as long as they may be", largestSet(t, largest{
			variable: func(i int) map[string]any {
				return map[string]any{"name": long(i), "valueFrom": map[string]any{"secretKeyRef": longKey(i)}}
			},
			source: func(i int) (string, any) { return "secretRef", map[string]any{"name": strings.ToLower(long(i))} },
			text:   func(i int) (string, any) { return "secretKeyRef", longKey(i) },
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

// longKey is a key of a Secret, both with names of 253 characters.
func longKey(i int) map[string]any {
	return map[string]any{"name": strings.ToLower(long(i)), "key": long(i)}
}

// longLabels are eight labels that are as long as they may be.
func longLabels() map[string]any {
	all := map[string]any{}
	for i := range 8 {
		all[fmt.Sprintf("%s%d", longestLabel[:316], i)] = strings.Repeat("v", 63)
	}
	return all
}

// longFilter is as many expressions as there may be, as long as they may be.
func longFilter() map[string]any {
	expressions := slices.Repeat([]any{strings.Repeat("a", 256)}, 16)
	return map[string]any{"include": expressions, "exclude": expressions}
}

// largest says what the entries of the largest set are: of env, and the member of those of envFrom and dotenv.
type largest struct {
	variable     func(i int) map[string]any
	source, text func(i int) (member string, value any)
}

func largestSet(t *testing.T, entry largest) *unstructured.Unstructured {
	t.Helper()
	var env, from, dotenv []any
	for i := range 256 {
		env = append(env, entry.variable(i))
	}
	for i := range 16 {
		member, value := entry.source(i)
		from = append(from, map[string]any{"prefix": long(i)[:128], "keys": longFilter(), member: value})
		member, value = entry.text(i)
		dotenv = append(dotenv, map[string]any{member: value})
	}
	o := object(t, "{kind: EnvVarSet, spec: {accountRef: {name: alice}, updatePolicy: IfNotExists}}")
	return with(with(with(o, "spec.env", env), "spec.envFrom", from), "spec.dotenv", dotenv)
}
