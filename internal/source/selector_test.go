package source

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

var training = map[string]string{"env": "training"}

func selecting(keys v1alpha1.KeyFilter) *v1alpha1.EnvVarSetSpec {
	return &v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{{
		SecretSelector: &v1alpha1.SecretSelector{MatchLabels: training}, Keys: keys,
	}}}
}

func chosen(names ...string) Match {
	return func(labels.Set) ([]string, error) { return names, nil }
}

func labelled(o Object) Object {
	o.Labels = training
	return o
}

func TestSelector_Labels_TakesEverySecretThatHasThem(t *testing.T) {
	s, err := NewSources(selecting(v1alpha1.KeyFilter{}), chosen("a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Ref{secretA, secretB}, s.Refs()); diff != "" {
		t.Errorf("refs (-want +got):\n%s", diff)
	}
	got, err := s.envVars(map[Ref]Object{secretA: labelled(object("A", "1")), secretB: object("B", "1")}, false)
	if err != nil || len(got) != 1 || got[0].Name != "A" {
		t.Errorf("b has lost the label, and yet: %v, %v", got, err)
	}
	got, err = s.envVars(map[Ref]Object{secretA: object("A", "1"), secretB: labelled(object("B", "1"))}, false)
	if err != nil || len(got) != 1 || got[0].Name != "B" {
		t.Errorf("a has lost the label, and yet: %v, %v", got, err)
	}
}

// Without this a set whose last Secret was deleted or lost the label was written empty where the cache did not know that yet, and left
// as it was where it did.
func TestSelector_NoSecretHasTheLabelStill_TakesNothing(t *testing.T) {
	spec := selecting(v1alpha1.KeyFilter{})
	spec.Env = []v1alpha1.EnvVar{{Name: "A", Value: new(value)}}
	s, err := NewSources(spec, chosen("a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.envVars(map[Ref]Object{secretA: object("A", "1")}, false)
	if p := (*Problem)(nil); !errors.As(err, &p) || p.Reason != v1alpha1.ReasonSourceMissing {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestSelector_Wrong_IsReported(t *testing.T) {
	var many []string
	for i := range MaxSelected + 1 {
		many = append(many, fmt.Sprint(i))
	}
	for name, c := range map[string]struct {
		keys     v1alpha1.KeyFilter
		match    Match
		reason   v1alpha1.Reason
		reported []string
	}{
		"it chooses nothing":        {v1alpha1.KeyFilter{}, nothing, v1alpha1.ReasonSourceMissing, []string{"envFrom[0]", "env=training"}},
		"it chooses too many":       {v1alpha1.KeyFilter{}, chosen(many...), v1alpha1.ReasonLimitExceeded, []string{"65", "64"}},
		"a key stands in two":       {v1alpha1.KeyFilter{}, chosen("a", "b"), v1alpha1.ReasonSourceInvalid, []string{"A", "Secret/a", "Secret/b"}},
		"an expression is no RE2":   {v1alpha1.KeyFilter{Include: []string{"ok", "(?<!x)"}}, chosen("a"), v1alpha1.ReasonSourceInvalid, []string{"envFrom[0].keys.include[1]"}},
		"an exclusion is malformed": {v1alpha1.KeyFilter{Exclude: []string{"["}}, chosen("a"), v1alpha1.ReasonSourceInvalid, []string{"envFrom[0].keys.exclude[0]"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := NewSources(selecting(c.keys), c.match)
			if err == nil {
				_, err = s.envVars(map[Ref]Object{secretA: labelled(object("A", value)), secretB: labelled(object("A", value))}, false)
			}
			p := (*Problem)(nil)
			if !errors.As(err, &p) || p.Reason != c.reason {
				t.Fatalf("told as %v", err)
			}
			assertSays(t, p.Message, c.reported...)
		})
	}
}

func TestSelector_Listed_OnlyByItsOwnLabels(t *testing.T) {
	spec := selecting(v1alpha1.KeyFilter{})
	if !Selects(spec, labels.Set{"env": "training", "more": "x"}) || Selects(spec, labels.Set{"env": "prod"}) || Selects(spec, nil) {
		t.Error("wrong")
	}
	if refs, selects := Named(spec); len(refs) != 0 || !selects {
		t.Errorf("named %v, selects %v", refs, selects)
	}
	spec.EnvFrom = append(spec.EnvFrom, whole("", "a", false))
	if refs, selects := Named(spec); len(refs) != 1 || refs[0] != secretA || !selects {
		t.Errorf("with a Secret after the selector: named %v, selects %v", refs, selects)
	}
}

func TestSelector_MoreObjectsThanStatusCanName_IsRefused(t *testing.T) {
	spec := &v1alpha1.EnvVarSetSpec{}
	for n := range MaxSources/MaxSelected + 1 {
		spec.EnvFrom = append(spec.EnvFrom, v1alpha1.EnvFromSource{
			SecretSelector: &v1alpha1.SecretSelector{MatchLabels: map[string]string{"of": fmt.Sprint(n)}},
		})
	}
	sixtyFour := func(of labels.Set) (names []string, err error) {
		for n := range MaxSelected {
			names = append(names, of["of"]+"-"+fmt.Sprint(n))
		}
		return names, nil
	}
	p := (*Problem)(nil)
	if _, err := NewSources(spec, sixtyFour); !errors.As(err, &p) || p.Reason != v1alpha1.ReasonLimitExceeded {
		t.Fatalf("one selector too many is told as %v", err)
	}
	assertSays(t, p.Message, "576", "512")

	spec.EnvFrom = spec.EnvFrom[1:]
	if s, err := NewSources(spec, sixtyFour); err != nil || len(s.Refs()) != MaxSources {
		t.Errorf("as many as may be: %v", err)
	}
}
