// Command kubectl-account is a plugin of kubectl: `kubectl account`. Under the name kubectl_complete-account it answers what
// kubectl asks for completions.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/internal/cli"
)

// version is set by the build.
var version = "dev"

// completer is the name by which kubectl looks for what completes a plugin.
const completer = "kubectl_complete-account"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	// What libraries log is for operators; errors are printed below.
	ctrl.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
	args := os.Args[1:]
	if filepath.Base(os.Args[0]) == completer {
		args = append([]string{cobra.ShellCompRequestCmd}, args...)
	}
	cmd := cli.Command(version, genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr})
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
	}
	os.Exit(cli.ExitCode(err))
}
