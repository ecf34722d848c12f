package drift

import (
	"slices"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestDriftIsWhatSomebodyElseChanged(t *testing.T) {
	remembered := map[string]string{"theme": "dark"}
	for _, c := range []struct {
		when                  string
		policy                v1alpha1.DriftPolicy
		applied               bool
		leaf, mark            string
		differs               bool
		spared, named, marked bool
	}{
		{when: "this was applied before and the row differs, then it is put back", applied: true, leaf: "theme", mark: "dark", differs: true, named: true},
		{when: "this was applied before and nothing differs, then there is none", applied: true, leaf: "theme", mark: "dark"},
		{when: "something else was applied before, then it is our change", leaf: "theme", mark: "light", differs: true},
		{
			when:   "drift is reported and this was applied before, then it is left",
			policy: v1alpha1.DriftReport, applied: true, leaf: "theme", mark: "dark", differs: true, spared: true, named: true, marked: true,
		},
		{
			when:   "drift is reported and another leaf changed, then this one is left",
			policy: v1alpha1.DriftReport, leaf: "theme", mark: "dark", differs: true, spared: true, named: true, marked: true,
		},
		{
			when:   "drift is reported and this leaf changed, then it is written",
			policy: v1alpha1.DriftReport, leaf: "theme", mark: "light", differs: true, marked: true,
		},
		{
			when:   "drift is reported and the leaf is new, then it is written",
			policy: v1alpha1.DriftReport, leaf: "username", mark: "", differs: true, marked: true,
		},
	} {
		t.Run("when "+c.when, func(t *testing.T) {
			a := &v1alpha1.Account{}
			a.Spec.DriftPolicy = c.policy
			d := Of(a, History{c.applied, remembered})
			if got := d.Spares(c.leaf, c.mark, c.differs); got != c.spared {
				t.Errorf("it is left as it is: %t", got)
			}
			if got := slices.Contains(d.Names, c.leaf); got != c.named {
				t.Errorf("it is named: %t", got)
			}
			if _, got := d.Marks[c.leaf]; got != c.marked {
				t.Errorf("it is remembered: %t", got)
			}
		})
	}
}
