package cli

import (
	"maps"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func reconcileCommand(s *session) *cobra.Command {
	return s.each(&cobra.Command{
		Use:   "reconcile KIND/NAME...",
		Short: "Have the store compared with an object now",
		Long: "Have the store compared with an object now, by the annotation account-operator.io/requested-at, and wait until that is done.\n" +
			"A name without a kind is an Account's.",
		Example: "  kubectl account reconcile alice\n  kubectl account reconcile evs/training cconn/data",
	}, request{
		ask:   askNow,
		asked: "is to be compared with the store",
		judge: answered,
		done:  howItIs,
	})
}

// answered says what keeps an object from having been reconciled as requested.
func answered(obj object) (string, error) {
	if obj.CommonStatus().LastHandledRequest == obj.GetAnnotations()[v1alpha1.RequestedAtAnnotation] {
		return "", nil // by us, or by another who asked later and was answered
	}
	return readiness(obj.CommonStatus().Conditions), nil
}

func askNow(t target, obj object) error {
	if obj.Common().Suspend {
		return failuref(ExitNo, "%s is suspended, so nothing is compared; first: kubectl account resume %s", t, t)
	}
	annotate(obj, v1alpha1.RequestedAtAnnotation, time.Now().UTC().Format(time.RFC3339Nano))
	return nil
}

// howItIs reports whether the object is Ready. Where it is not, the answer is no.
func howItIs(t target, obj object) (string, error) {
	if obj == nil {
		return "is gone", nil
	}
	conditions := obj.CommonStatus().Conditions
	if !meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionReady) {
		return "", failuref(ExitNo, "%s is not Ready: %s", t, readiness(conditions))
	}
	return "is Ready: " + readiness(conditions), nil
}

func annotate(obj object, name, value string) {
	annotations := maps.Clone(obj.GetAnnotations())
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[name] = value
	obj.SetAnnotations(annotations)
}
