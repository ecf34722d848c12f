// Package usage shows those who mistype a command where to read how it goes.
package usage

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// PointToHelp makes a wrong flag, argument or sub-command of the command, or of one below it, an error that refer makes: of
// usage, and with the command whose help to read. A command that only has others below it shows its help.
func PointToHelp(cmd *cobra.Command, refer func(format string, args ...any) error) {
	of := func(cmd *cobra.Command, err error) error { return refer("%v; see %s --help", err, cmd.CommandPath()) }
	cmd.SetFlagErrorFunc(of)
	// cobra would add these only as the command runs.
	cmd.InitDefaultHelpCmd()
	cmd.InitDefaultCompletionCmd()
	checkArguments(cmd, of)
}

func checkArguments(cmd *cobra.Command, of func(*cobra.Command, error) error) {
	switch {
	case cmd.HasSubCommands():
		cmd.Args = unknownCommand
	case cmd.Name() == "help":
		cmd.Args = unknownTopic
	}
	if !cmd.Runnable() { // cobra looks at the arguments of what runs, and only there
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		cmd.DisableFlagsInUseLine = true
	}
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

// nearness is how many letters a mistyped command may differ in from one that it is taken for.
const nearness = 2

// unknownCommand is for what is no command, which may be mistyped.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	cmd.SuggestionsMinimumDistance = nearness
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = ", did you mean " + strings.Join(near, " or ") + "?"
	}
	return fmt.Errorf("unknown command %q%s", args[0], hint)
}

// unknownTopic is for help on what is no command.
func unknownTopic(help *cobra.Command, topic []string) error {
	above, rest, err := help.Root().Find(topic)
	if err != nil {
		return err
	}
	return unknownCommand(above, rest)
}
