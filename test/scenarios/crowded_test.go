package scenarios

import (
	"context"
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Given objects whose status another client fills with conditions of its own types, as many as a status may have, then the operator's
// conditions are said all the same, and those of the other's that changed longest ago go.
func TestConditions_AnotherClientFillsTheStatus_OursAreSaid(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	set, pressed := envVarSet("base", "alice", value("A", "1")), action("reset", "alice", v1alpha1.ActionResetTwoFactor)
	s.create(set, pressed)
	s.becomesReady(set)
	s.ends(pressed, v1alpha1.ConditionComplete, v1alpha1.ReasonNoSecondFactor)
	for _, obj := range []client.Object{account2(s, "alice"), set, pressed} {
		s.crowds(obj)
		s.eventually(atOnce, func() string {
			s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(obj), obj))
			if conditions := *conditionsIn(obj); meta.FindStatusCondition(conditions, v1alpha1.ConditionReady) == nil {
				return fmt.Sprintf("%T does not say whether it is Ready: %s", obj, describe(conditions))
			}
			return ""
		})
		last, first := fmt.Sprintf("Foreign%02d", 16-1), "Foreign00"
		if conditions := *conditionsIn(obj); meta.FindStatusCondition(conditions, last) == nil || meta.FindStatusCondition(conditions, first) != nil {
			t.Errorf("%T: of the other's, the wrong ones went: %s", obj, describe(conditions))
		}
	}

	// And what changes later is said, too
	change(s, set, func(s *v1alpha1.EnvVarSet) { s.Spec.Env = []v1alpha1.EnvVar{fromSecret("A", "absent", "token")} })
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonSourceMissing)
}

// crowds leaves no room in the status of an object.
func (s *scenario) crowds(obj client.Object) {
	s.Helper()
	s.eventually(soon, func() string {
		s.quiet(obj)
		replaceStatus(obj, nil)
		for n := range 16 {
			*conditionsIn(obj) = append(*conditionsIn(obj), metav1.Condition{
				Type: fmt.Sprintf("Foreign%02d", n), Status: metav1.ConditionTrue, Reason: "Foreign",
				LastTransitionTime: metav1.NewTime(time.Unix(1_000_000_000+int64(n), 0)),
			})
		}
		if err := s.api.Status().Update(context.Background(), obj); err != nil {
			return err.Error()
		}
		return ""
	})
}
