package v1alpha1

import (
	"errors"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// maxLabels bounds the labels of an Account that selectors are compared with.
const maxLabels = 64

// SelectableLabels are those of an Account that selectors are compared with: the
// first 64 by name.
func SelectableLabels(all map[string]string) map[string]string {
	if len(all) <= maxLabels {
		return all
	}
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(all))[:maxLabels] {
		first[name] = all[name]
	}
	return first
}

// Compile makes what labels are compared with. It fails on what is not a label,
// and on a selector that chooses all.
func (s *AccountSelector) Compile() (labels.Selector, error) {
	written := &metav1.LabelSelector{MatchLabels: s.MatchLabels}
	for _, e := range s.MatchExpressions {
		r := metav1.LabelSelectorRequirement{Key: e.Key, Operator: metav1.LabelSelectorOperator(e.Operator)}
		for _, value := range e.Values {
			r.Values = append(r.Values, string(value))
		}
		written.MatchExpressions = append(written.MatchExpressions, r)
	}
	compiled, err := metav1.LabelSelectorAsSelector(written)
	if err == nil && compiled.Empty() {
		err = errors.New("an empty selector chooses all")
	}
	return compiled, err //nolint:wrapcheck // whoever asks says of what
}

// IsFor reports whether the set names the Account, or selects it by its labels.
func (s *EnvVarSet) IsFor(a *Account) bool {
	if s.Spec.AccountSelector == nil {
		return s.Namespace == a.Namespace && s.AccountName() == a.Name
	}
	selector, err := s.Spec.AccountSelector.Compile()
	return err == nil && s.Namespace == a.Namespace && s.Spec.ClassName == a.Spec.ClassName &&
		selector.Matches(labels.Set(SelectableLabels(a.Labels)))
}
