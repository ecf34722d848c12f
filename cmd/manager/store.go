package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

func storeCommand(c *config) *cobra.Command {
	cmd := &cobra.Command{Use: "store", Short: "Look after the backing store"}
	cmd.AddCommand(
		c.storeSubcommand("migrate", "Bring the store's schema up to date", false, func(cmd *cobra.Command, s *sqlstore.Store) error {
			return s.Migrate(cmd.Context())
		}),
		c.storeSubcommand("dump", "Print every row; sealed columns as sealed, secrets never", true, func(cmd *cobra.Command, s *sqlstore.Store) error {
			return s.Dump(cmd.Context(), cmd.OutOrStdout())
		}),
		c.storeSubcommand("backup", "Write a copy of an SQLite store to the standard output, beside a running manager", true, backup),
		c.storeSubcommand("verify", "Check that the store is whole and every sealed value opens", true, verify),
		c.storeSubcommand("reseal", "Bring every value under the keyset's newest key, beside running managers", true, reseal),
		getCommand(c),
		copyCommand(c),
		orphansCommand(c),
		rolesCommand(c),
		drillCommand(c),
	)
	return cmd
}

func backup(cmd *cobra.Command, s *sqlstore.Store) error {
	if info, err := os.Stdout.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return errors.New("a copy is no text; send it to a file, as in: manager store backup >copy.db")
	}
	return s.Backup(cmd.Context(), cmd.OutOrStdout())
}

func verify(cmd *cobra.Command, s *sqlstore.Store) error {
	findings, err := s.Verify(cmd.Context())
	if err != nil {
		return err
	}
	for _, f := range findings {
		fmt.Fprintln(cmd.OutOrStdout(), f)
	}
	if len(findings) > 0 {
		return fmt.Errorf("the store has %d findings; values that do not open are written anew by the objects that own them", len(findings))
	}
	fmt.Fprintln(cmd.OutOrStdout(), "the store is whole and every sealed value opens")
	return nil
}

func reseal(cmd *cobra.Command, s *sqlstore.Store) error {
	n, err := s.Reseal(cmd.Context())
	fmt.Fprintf(cmd.OutOrStdout(), "%d values are now under the newest key\n", n)
	return err
}
