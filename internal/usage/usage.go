// Package usage tells those who mistype a command where to read how it goes.
package usage

import "github.com/spf13/cobra"

// PointToHelp makes a wrong flag or argument of the command, or of one below it, an error that refer makes: of usage, and
// with the command whose help to read.
func PointToHelp(cmd *cobra.Command, refer func(format string, args ...any) error) {
	of := func(cmd *cobra.Command, err error) error { return refer("%v; see %s --help", err, cmd.CommandPath()) }
	cmd.SetFlagErrorFunc(of)
	checkArguments(cmd, of)
}

func checkArguments(cmd *cobra.Command, of func(*cobra.Command, error) error) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return of(cmd, err)
			}
			return nil
		}
	}
	for _, below := range cmd.Commands() {
		checkArguments(below, of)
	}
}
