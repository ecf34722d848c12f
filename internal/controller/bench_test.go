package controller

import (
	"fmt"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// numbered are n variables, wanted and as the store has them.
func numbered(n int) (want []source.Variable, have []store.EnvVar) {
	for i := range n {
		name, value := fmt.Sprintf("VARIABLE_%04d", i), fmt.Sprintf("a value of some length, number %d", i)
		want = append(want, wants(name, value)...)
		have = append(have, holds(name, value, mine))
	}
	return want, have
}

// BenchmarkPlanEnvVars is what happens inside the store's transaction.
func BenchmarkPlanEnvVars(b *testing.B) {
	ten, held := numbered(10)
	full, all := numbered(source.MaxNames)
	for _, c := range []struct {
		name   string
		want   []source.Variable
		have   []store.EnvVar
		writes int
	}{
		{"ten/new", ten, nil, 10},
		{"ten/unchanged", ten, held, 0},
		{"ten/rotated", ten, append([]store.EnvVar{holds(held[0].Name, "old", mine)}, held[1:]...), 1},
		{"full/unchanged", full, all, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			wish := wishes(c.want, "record")
			b.ReportAllocs()
			for b.Loop() {
				if p := planEnvVars(wish, c.have); len(p.changes) != c.writes {
					b.Fatalf("%d changes, want %d", len(p.changes), c.writes)
				}
			}
		})
	}
}

// BenchmarkDecide turns an outcome into conditions.
func BenchmarkDecide(b *testing.B) {
	for name, outcome := range map[string]error{
		"synced":  nil,
		"missing": fmt.Errorf("read the sources: %w", &source.Problem{Reason: v1alpha1.ReasonSourceMissing, Message: `Secret "tokens" does not exist`}),
	} {
		b.Run(name, func(b *testing.B) {
			set := &v1alpha1.EnvVarSet{}
			b.ReportAllocs()
			for b.Loop() {
				conclude(set, judge(outcome))
			}
		})
	}
}

// BenchmarkFingerprint is most of what a settled set costs when it is looked at.
func BenchmarkFingerprint(b *testing.B) {
	k := &envVarSets{world: &world{}}
	set := &v1alpha1.EnvVarSet{Spec: v1alpha1.EnvVarSetSpec{
		EnvFrom: []v1alpha1.EnvFromSource{{SecretRef: &v1alpha1.ObjectSelector{Name: "tokens"}}},
	}}
	tokens := source.Ref{Kind: v1alpha1.SourceSecret, Name: "tokens"}
	objects := map[source.Ref]source.Object{tokens: {UID: "8f7ad0d0-4c53-4d6b-9a3c-0e2f6a1f5a55", ResourceVersion: "123456"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.record(set, mine, []source.Ref{tokens}, objects); err != nil {
			b.Fatal(err)
		}
	}
}
