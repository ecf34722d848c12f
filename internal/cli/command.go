// Package cli is the kubectl plugin, `kubectl account`. It reads and writes objects with the rights of whoever runs it, and
// knows nothing of the store.
package cli

import (
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/account-operator/account-operator/internal/usage"
)

const long = `kubectl account looks after the accounts of account-operator: it shows an account with all that belongs to it and what is
in the way, and presses the buttons that a help desk needs.

It does what objects and annotations do, with your own rights and no others. It ends with
  0  done
  1  something went wrong that is none of the following
  2  a wrong flag or argument
  3  the answer is no: an action failed, a deletion would wait, a file has an error, an object is not Ready
  4  the time was over before the end came
  5  no such object, or the cluster does not have the kinds
  6  you may not do this`

// Command is the plugin's command.
func Command(version string, streams genericiooptions.IOStreams) *cobra.Command {
	s := newSession(version, streams)
	cmd := &cobra.Command{
		Use:               "kubectl-account",
		Annotations:       map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl account"},
		Short:             "Look after the accounts of account-operator",
		Long:              long,
		Version:           version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true}, // kubectl's own asks kubectl_complete-account
	}
	cmd.SetIn(streams.In)
	cmd.SetOut(streams.Out)
	cmd.SetErr(streams.ErrOut)
	s.flags.AddFlags(cmd.PersistentFlags())
	s.completeFlags(cmd)
	cmd.AddCommand(statusCommand(s), preflightCommand(s), envCommand(s), reconcileCommand(s), suspendCommand(s), resumeCommand(s), forgetCommand(s))
	for _, b := range buttons {
		cmd.AddCommand(actionCommand(s, b))
	}
	usage.PointToHelp(cmd, usagef)
	return cmd
}
