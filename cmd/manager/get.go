package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// getCommand is for people who look into a store, beside running managers. Services read by the reader API.
func getCommand(c *config) *cobra.Command {
	reveal := false
	cmd := c.storeSubcommand("get ACCOUNT [NAME]", "List an account's variables, or with --reveal print what they hold", true, nil)
	cmd.Long = "get lists the variables of the account with that ID (status.accountID), whoever wrote them, and how long they are. With --reveal it prints\n" +
		"the value of NAME as it is, or without NAME all of them as a JSON object, and the store's audit log notes that it did."
	cmd.Args = cobra.RangeArgs(1, 2)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := c.open(cmd.Context(), sqlstore.Options{WithoutLock: true})
		if err != nil {
			return err
		}
		return errors.Join(get(cmd, s, args, reveal), s.Close())
	}
	cmd.Flags().BoolVar(&reveal, "reveal", false, "print values, in clear text; the audit log notes it")
	return cmd
}

func get(cmd *cobra.Command, s *sqlstore.Store, args []string, reveal bool) error {
	read := s.EnvVars
	if reveal {
		read = s.Reveal
	}
	vars, err := read(cmd.Context(), args[0])
	if errors.Is(err, store.ErrNotFound) {
		return usagef("there is no account with the ID %q; kubectl get accounts shows each one's as status.accountID", args[0])
	}
	if err != nil {
		return err
	}
	if len(args) > 1 {
		if vars = only(vars, args[1]); len(vars) == 0 {
			return usagef("account %s has no variable %q", args[0], args[1])
		}
	}
	switch out := cmd.OutOrStdout(); {
	case !reveal:
		return list(out, vars)
	case len(args) > 1:
		return revealOne(out, vars[0])
	default:
		return revealAll(out, vars)
	}
}

func only(vars []store.EnvVar, name string) []store.EnvVar {
	for _, v := range vars {
		if v.Name == name {
			return []store.EnvVar{v}
		}
	}
	return nil
}

func list(out io.Writer, vars []store.EnvVar) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "NAME\tBYTES")
	for _, v := range vars {
		size := fmt.Sprint(v.Value.Len())
		if v.Unreadable {
			size = "does not open with this keyset"
		}
		fmt.Fprintf(table, "%s\t%s\n", v.Name, size)
	}
	return table.Flush()
}

// revealOne adds nothing to the value, so that it may go into a file.
func revealOne(out io.Writer, v store.EnvVar) error {
	if v.Unreadable {
		return unreadable(v.Name)
	}
	_, err := out.Write(v.Value.Reveal())
	return err
}

func revealAll(out io.Writer, vars []store.EnvVar) error {
	all := make(map[string]string, len(vars))
	for _, v := range vars {
		if v.Unreadable {
			return unreadable(v.Name)
		}
		value := v.Value.Reveal()
		if !utf8.Valid(value) {
			return fmt.Errorf("the value of %s is no text, which JSON cannot hold; name it, and it is printed alone", v.Name)
		}
		all[v.Name] = string(value)
	}
	write := json.NewEncoder(out)
	write.SetIndent("", "  ")
	write.SetEscapeHTML(false)
	return write.Encode(all)
}

func unreadable(name string) error {
	return fmt.Errorf("the value of %s does not open with this keyset; see manager store verify", name)
}
