package cli

import (
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func suspendCommand(s *session) *cobra.Command {
	return s.each(&cobra.Command{
		Use:   "suspend KIND/NAME...",
		Short: "Stop acting on an object until it is resumed",
		Long: "Stop acting on an object until it is resumed, by spec.suspend, and wait until the manager has seen it. A deletion still acts.\n" +
			"Where objects are kept in Git, write it there: whatever applies them may put it back. A name without a kind is an Account's.",
		Example: "  kubectl account suspend evs/training",
	}, request{
		ask:   func(_ target, obj object) error { return setSuspend(obj, true) },
		asked: "is to be suspended",
		judge: func(obj object) (string, error) { return awaitSuspended(obj, true), nil },
		done:  func(target, object) (string, error) { return "is suspended", nil },
	})
}

func resumeCommand(s *session) *cobra.Command {
	return s.each(&cobra.Command{
		Use:     "resume KIND/NAME...",
		Short:   "Act again on an object that was suspended",
		Long:    "Act again on an object that was suspended, and wait until the manager has. A name without a kind is an Account's.",
		Example: "  kubectl account resume evs/training",
	}, request{
		ask:   func(_ target, obj object) error { return setSuspend(obj, false) },
		asked: "is to be resumed",
		judge: func(obj object) (string, error) { return awaitSuspended(obj, false), nil },
		done:  howItIs,
	})
}

func setSuspend(obj object, suspend bool) error {
	obj.Common().Suspend = suspend
	return nil
}

// awaitSuspended says what keeps the object from being suspended, or not, as far as the manager says.
func awaitSuspended(obj object, wanted bool) string {
	status := obj.CommonStatus()
	switch {
	case obj.Common().Suspend != wanted:
		return fmt.Sprintf("somebody else wrote spec.suspend: %t", !wanted)
	case status.ObservedGeneration < obj.GetGeneration(), meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionSuspended) != wanted:
		return "no manager has looked at the change yet"
	default:
		return ""
	}
}
