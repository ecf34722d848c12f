package cli

import (
	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func forgetCommand(s *session) *cobra.Command {
	return s.each(&cobra.Command{
		Use:   "forget KIND/NAME...",
		Short: "Let an object that is being deleted go without touching the store",
		Long: "Let an object that is being deleted go without touching the store, by the annotation account-operator.io/forget, and wait until\n" +
			"it is gone. What it stood for stays in the store, managed by nobody. It is the last resort, for a store that will never come\n" +
			"back. A name without a kind is an Account's.",
		Example: "  kubectl delete account alice --wait=false\n  kubectl account forget alice",
	}, request{
		ask:   askForget,
		asked: "is to be forgotten",
		judge: func(obj object) (string, error) {
			return "it is still there: " + readiness(obj.CommonStatus().Conditions), nil
		},
		done: func(target, object) (string, error) {
			return "is gone; what it stood for in the store was not touched", nil
		},
	})
}

// askForget refuses where there is no deletion yet whose time the annotation could name.
func askForget(t target, obj object) error {
	if obj.GetDeletionTimestamp().IsZero() {
		return failuref(ExitNo, "%s is not being deleted; forget is for an object whose deletion cannot end. To give it up and keep what is in the store, "+
			"set spec.deletionPolicy to Retain and delete it", t)
	}
	annotate(obj, v1alpha1.ForgetAnnotation, v1alpha1.ForgetValue(obj))
	return nil
}
