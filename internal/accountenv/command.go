// Package accountenv starts a command with the variables of one account, which it reads from the reader API.
package accountenv

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/usage"
)

// How it ends where the command says nothing. They are those of env(1), promised in docs/account-env.md.
const (
	exitFailed   = 125 // a wrong flag, token or answer
	exitNotRun   = 126 // the command is there and cannot be run
	exitNotFound = 127
	exitSignal   = 128 // and the number of the signal that ended the command
)

// tokenFileVariable may stand in place of --token-file.
const tokenFileVariable = "ACCOUNT_ENV_TOKEN_FILE"

// startError is a command that does not start.
type startError struct {
	code int
	text string
}

func (e *startError) Error() string { return e.text }

// Main runs the program and returns its exit status.
func Main(version string, args []string) int {
	code := 0
	cmd := command(version, func(o options) (err error) {
		code, err = o.run()
		return err
	})
	cmd.SetArgs(args)
	err := cmd.Execute()
	if err == nil {
		return code
	}
	say("%v", err)
	if start := (*startError)(nil); errors.As(err, &start) {
		return start.code
	}
	return exitFailed
}

// say writes a line to where the command writes its errors. It is given no value and no token.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "account-env: "+format+"\n", args...) }

func command(version string, run func(options) error) *cobra.Command {
	o := options{}
	cmd := &cobra.Command{
		Use:   "account-env --url=URL --account=ID --token-file=FILE [flags] -- COMMAND [ARGUMENT...]",
		Short: "Start a command with the variables of one account",
		Long: "Start a command with the variables of one account, which are read from the reader API with a token for that account.\n" +
			"With --watch it follows them, and on a change starts the command again.",
		Example:       "  account-env --url=https://accounts-reader.example.com --account=1 --token-file=/run/account/token --watch -- python train.py",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if cmd.ArgsLenAtDash() != 0 || len(args) == 0 {
				return errors.New("the command stands behind --")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			o.command = args
			if err := o.check(); err != nil {
				return err
			}
			return run(o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.url, "url", "", "where the reader API is, such as https://accounts-reader.example.com")
	flags.StringVar(&o.account, "account", "", "ID of the account: status.accountID of the Account")
	flags.StringVar(&o.tokenFile, "token-file", os.Getenv(tokenFileVariable), "file with the account's token, read again for each request; or $"+tokenFileVariable)
	flags.StringVar(&o.caFile, "ca-file", "", "certificates that sign the server's, in place of the system's")
	flags.DurationVar(&o.startTimeout, "start-timeout", time.Minute, "how long the API may be away before the command was started")
	flags.StringSliceVar(&o.allowed, "allow-name", nil, "take this variable though it can change which code the command runs, such as PATH")
	flags.BoolVar(&o.watch, "watch", false, "follow the variables")
	flags.StringVar(&o.onChange, "on-change", onChangeRestart, "what --watch does on a change: restart, or signal:HUP, signal:USR1, signal:USR2")
	flags.DurationVar(&o.grace, "grace", 10*time.Second, "from SIGTERM to SIGKILL when --watch restarts the command")
	flags.StringVar(&o.envFile, "env-file", "", "file that --watch keeps the variables in, as JSON")
	usage.PointToHelp(cmd, fmt.Errorf)
	return cmd
}
