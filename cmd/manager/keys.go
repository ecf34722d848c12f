package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/seal"
)

func keysCommand(c *config) *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Look after the keyset for encryption at rest"}
	cmd.AddCommand(
		initCommand(),
		serviceCommand(c),
		&cobra.Command{
			Use: "rotate FILE", Short: "Add a new key to the keyset and use it from now on",
			Long: "rotate adds a new key pair to the keyset and makes it the one that seals. The older keys stay, so everything still opens.\n" +
				"Restart every manager with the new file, then run 'manager store reseal'.",
			Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return rotateKeyset(args[0]) },
		},
		&cobra.Command{
			Use: "public FILE", Short: "Print what of a keyset seals and opens nothing",
			Long: "public prints the public halves of a keyset's key pairs, for a program that writes values which it must not be able to open.",
			Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error { return printPublic(cmd.OutOrStdout(), args[0]) },
		},
	)
	return cmd
}

func initCommand() *cobra.Command {
	s := keysetSecret{}
	cmd := &cobra.Command{
		Use: "init {FILE | --secret NAMESPACE/NAME}", Short: "Make a keyset; never replaces one", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case (len(args) == 1) == (s.secret != ""):
				return usagef("name either the file that is to hold the keyset or, by --secret, the Secret")
			case s.secret != "":
				return s.initKeyset(cmd.Context())
			}
			return initKeyset(args[0])
		},
	}
	s.flags(cmd.Flags())
	return cmd
}

// initKeyset never replaces a file: a keyset that is lost takes every sealed value with it.
func initKeyset(path string) error {
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
	return finish(f, keyset)
}

// rotateKeyset puts the new file in the old one's place in one step: killed anywhere, one of the two is there, whole.
func rotateKeyset(path string) error {
	rotated, err := madeOfKeyset(path, seal.Rotate)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".keyset-*")
	if err != nil {
		return usagef("make the keyset file: %v", err)
	}
	if err := finish(f, rotated); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(fmt.Errorf("replace the keyset file: %w", err), os.Remove(f.Name()))
	}
	return nil
}

func printPublic(out io.Writer, path string) error {
	public, err := madeOfKeyset(path, seal.Public)
	if err != nil {
		return err
	}
	_, err = out.Write(public)
	return err
}

func madeOfKeyset(path string, turn func([]byte) ([]byte, error)) ([]byte, error) {
	keyset, err := os.ReadFile(path) //nolint:gosec // the path is the caller's to choose
	if err != nil {
		return nil, usagef("read the keyset file: %v", err)
	}
	made, err := turn(keyset)
	if err != nil {
		return nil, usagef("%s: %v", path, err)
	}
	return made, nil
}

func finish(f *os.File, content []byte) error {
	_, err := f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the keyset file: %w", err)
	}
	return nil
}
