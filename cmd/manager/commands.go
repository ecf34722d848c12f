package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

func storeCommand(c *config) *cobra.Command {
	cmd := &cobra.Command{Use: "store", Short: "Look after the backing store"}
	cmd.AddCommand(
		&cobra.Command{
			Use: "migrate", Short: "Bring the store's schema up to date", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return c.with(cmd, false, func(s *sqlstore.Store) error { return s.Migrate(cmd.Context()) })
			},
		},
		&cobra.Command{
			Use: "dump", Short: "Print every row; sealed columns as sealed, secrets never", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return c.with(cmd, true, func(s *sqlstore.Store) error { return s.Dump(cmd.Context(), cmd.OutOrStdout()) })
			},
		},
	)
	return cmd
}

func (c *config) with(cmd *cobra.Command, beside bool, do func(*sqlstore.Store) error) error {
	s, err := c.open(cmd.Context(), sqlstore.Options{WithoutLock: beside})
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.Close())
}

func keysCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Make the keyset for encryption at rest"}
	cmd.AddCommand(&cobra.Command{
		Use: "init FILE", Short: "Make a keyset; refuses to replace a file", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return writeKeyset(args[0]) },
	})
	return cmd
}

// writeKeyset never replaces a file: a keyset that is lost takes every sealed value with it.
func writeKeyset(path string) error {
	keyset, err := seal.NewKeyset()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the path is the caller's to choose
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s exists; a keyset is never replaced, since what it sealed could not be opened any more", path)
	}
	if err != nil {
		return usagef("make the keyset file: %v", err)
	}
	_, err = f.Write(keyset)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the keyset file: %w", err)
	}
	return nil
}
