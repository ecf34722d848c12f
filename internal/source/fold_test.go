package source

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestFold_SpellingsOfOneName_AreReportedWithTheirSources(t *testing.T) {
	plain := func(name string) v1alpha1.EnvVar { return v1alpha1.EnvVar{Name: name, Value: text(value)} }
	for name, c := range map[string]struct {
		spec     v1alpha1.EnvVarSetSpec
		reported []string // none: nothing is wrong
	}{
		"two keys of a Secret": {
			spec:     v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{whole("", "a", false)}},
			reported: []string{"TOKEN (Secret/a)", "Token (Secret/a)"},
		},
		"two Secrets, by a prefix": {
			spec: v1alpha1.EnvVarSetSpec{EnvFrom: []v1alpha1.EnvFromSource{
				{Prefix: "a", SecretRef: &v1alpha1.ObjectSelector{Name: "b"}},
				{Prefix: "A", SecretRef: &v1alpha1.ObjectSelector{Name: "b"}},
			}},
			reported: []string{"AKEY (Secret/b)", "aKEY (Secret/b)"},
		},
		"a name written out and a key": {
			spec:     v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{plain("Home"), secretKey("HOME", "b", "KEY", false)}},
			reported: []string{"HOME (Secret/b)", "Home (env)"},
		},
		"a pasted name and a name written out": {
			spec:     v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{plain("MODE")}, Dotenv: []v1alpha1.DotenvSource{{Inline: "mode=1"}}},
			reported: []string{"MODE (env)", "mode (dotenv[0])"},
		},
		"one spelling, of which the last wins": {
			spec: v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{plain("Mode")}, Dotenv: []v1alpha1.DotenvSource{{Inline: "Mode=1"}}},
		},
		"names that differ in more": {
			spec: v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{plain("A_B"), plain("A-B"), plain("A.B")}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			sources, err := NewSources(&c.spec, nothing)
			if err != nil {
				t.Fatal(err)
			}
			objects := map[Ref]Object{secretA: object("TOKEN", value, "Token", value), secretB: object("KEY", value)}
			if _, err := sources.envVars(objects, false); err != nil {
				t.Errorf("to a store that tells them apart: %v", err)
			}
			_, err = sources.envVars(objects, true)
			p := (*Problem)(nil)
			if errors.As(err, &p) != (c.reported != nil) {
				t.Fatalf("got %v", err)
			}
			if p != nil {
				assertSays(t, p.Message, c.reported...)
				if diff := cmp.Diff(v1alpha1.ReasonSourceInvalid, p.Reason); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}
