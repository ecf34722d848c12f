package source

import (
	"fmt"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// BenchmarkEnvVars takes all keys of one Secret.
func BenchmarkEnvVars(b *testing.B) {
	for _, n := range []int{10, MaxNames} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var keysAndValues []string
			for i := range n {
				keysAndValues = append(keysAndValues, fmt.Sprintf("VARIABLE_%04d", i), fmt.Sprintf("a value of some length, number %d", i))
			}
			spec := &v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{whole("", "a", false)}}
			objects := map[Ref]Object{secretA: object(keysAndValues...)}
			b.ReportAllocs()
			for b.Loop() {
				s, err := NewSources(spec, nothing)
				if err != nil {
					b.Fatal(err)
				}
				if got, err := s.EnvVars(objects, false); len(got) != n || err != nil {
					b.Fatalf("%d variables, %v", len(got), err)
				}
			}
		})
	}
}
