// Command manager is account-operator: it reconciles Account objects, and those of what an account has, into a backing store.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/usage"
)

// Exit codes, so that whoever restarts the manager knows what to do.
const (
	exitFailed    = 1 // try again
	exitStartup   = 2 // a user has to change the configuration or the store
	exitLostLease = 3 // another manager was elected, or the API server was out of reach for too long
	exitFenced    = 4 // another manager took the lead in the store
)

// stopWithin bounds how long stopping takes: a manager whose caches wait for an API server that is gone would not notice
// that it was asked to.
const stopWithin = 20 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends it at once
		time.AfterFunc(stopWithin, func() {
			fmt.Fprintln(os.Stderr, "manager: did not stop within", stopWithin)
			os.Exit(exitFailed)
		})
	})
	err := advised(root().ExecuteContext(ctx))
	if err != nil {
		fmt.Fprintln(os.Stderr, "manager:", err)
		os.Exit(exitCode(err))
	}
}

func exitCode(err error) int {
	startup := (*store.StartupError)(nil)
	usage := (*usageError)(nil)
	switch {
	case errors.Is(err, errLostLease):
		return exitLostLease
	case errors.Is(err, store.ErrFenced):
		return exitFenced
	case errors.As(err, &startup), errors.As(err, &usage):
		return exitStartup
	default:
		return exitFailed
	}
}

func root() *cobra.Command {
	c := config{}
	cmd := &cobra.Command{
		Use:   "manager",
		Short: "Keep cloud accounts equal to Kubernetes objects",
		Long: "manager reconciles Account objects, and those of what an account has, into a backing store.\n" +
			"Every flag can be set by an environment variable: ACCOUNT_OPERATOR_ and the flag's name in capitals, '-' as '_'.",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := refusePassword(cmd.Flags()); err != nil {
				return err
			}
			return fromEnvironment(cmd.Flags())
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), c) },
	}
	c.storeFlags(cmd.PersistentFlags())
	c.managerFlags(cmd.Flags())
	cmd.AddCommand(storeCommand(&c), keysCommand(&c), readCommand(&c), serveCommand(&c), versionCommand())
	usage.PointToHelp(cmd, usagef)
	return cmd
}
