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
		initCommand(c),
		serviceCommand(c),
		changeCommand("rotate", "Add a new key to the keyset and use it from now on",
			"rotate adds a new key pair to the keyset and makes it the one that seals. The older keys stay, so everything still opens.\n"+
				"Restart every manager with the new keyset, then run 'manager store reseal'.", c.rotated),
		changeCommand("wrap", "Have the keyset wrapped by a key management service",
			"wrap encrypts a keyset in clear text by the key that --seal-keyset-kms names, and sees that it opens again before it replaces the other.\n"+
				"One that is wrapped is wrapped again, by the newest version of that key. Restart every manager with the new keyset and that flag.\n"+
				"What knows the keyset in clear text, such as a backup, goes on opening what it sealed: rotate and reseal afterwards.", c.wrapped),
		changeCommand("unwrap", "Put a wrapped keyset back in clear text",
			"unwrap asks the key management service one last time. Restart every manager with the new keyset and without --seal-keyset-kms.", c.unwrapped),
		&cobra.Command{
			Use: "public FILE", Short: "Print what of a keyset seals and opens nothing",
			Long: "public prints the public halves of a keyset's key pairs, for a program that writes values which it must not be able to open.",
			Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error { return c.printPublic(cmd.OutOrStdout(), args[0]) },
		},
	)
	return cmd
}

func initCommand(c *config) *cobra.Command {
	s := keysetSecret{}
	cmd := &cobra.Command{
		Use: "init {FILE | --secret NAMESPACE/NAME}", Short: "Make a keyset; never replaces one", Args: cobra.MaximumNArgs(1),
		Long: "init makes a keyset. With --seal-keyset-kms it is wrapped by that key from the beginning.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.orFile(args); err != nil {
				return err
			}
			keyset, err := c.newKeyset()
			if err != nil {
				return keysetError("the new keyset", err)
			}
			if s.secret != "" {
				return s.create(cmd.Context(), keyset)
			}
			return createFile(args[0], keyset)
		},
	}
	s.flags(cmd.Flags(), "make the keyset in this Secret, as NAMESPACE/NAME, which must not be there yet")
	return cmd
}

// changeCommand puts what turn makes of a keyset into the place of that, in one step: ended anywhere, one of the two is there, whole.
func changeCommand(name, short, long string, turn func([]byte) ([]byte, error)) *cobra.Command {
	s := keysetSecret{}
	cmd := &cobra.Command{
		Use: name + " {FILE | --secret NAMESPACE/NAME}", Short: short, Long: long, Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.orFile(args); err != nil {
				return err
			}
			if s.secret != "" {
				return s.change(cmd.Context(), turn)
			}
			return changeFile(args[0], turn)
		},
	}
	s.flags(cmd.Flags(), "the keyset is in this Secret, as NAMESPACE/NAME")
	return cmd
}

// createFile never replaces a file: a keyset that is lost takes every sealed value with it.
func createFile(path string, keyset []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the path is the caller's to choose
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s exists; a keyset is never replaced, since what it sealed could not be opened any more", path)
	}
	if err != nil {
		return usagef("make the keyset file: %v", err)
	}
	return finish(f, keyset)
}

func changeFile(path string, turn func([]byte) ([]byte, error)) error {
	made, err := madeOfFile(path, turn)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".keyset-*")
	if err != nil {
		return usagef("make the keyset file: %v", err)
	}
	if err := finish(f, made); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(fmt.Errorf("replace the keyset file: %w", err), os.Remove(f.Name()))
	}
	return nil
}

func (c *config) printPublic(out io.Writer, path string) error {
	public, err := madeOfFile(path, func(content []byte) ([]byte, error) {
		plain, err := c.inClear(content)
		if err != nil {
			return nil, err
		}
		return seal.Public(plain)
	})
	if err != nil {
		return err
	}
	_, err = out.Write(public)
	return err
}

func madeOfFile(path string, turn func([]byte) ([]byte, error)) ([]byte, error) {
	keyset, err := os.ReadFile(path) //nolint:gosec // the path is the caller's to choose
	if err != nil {
		return nil, usagef("read the keyset file: %v", err)
	}
	made, err := turn(keyset)
	if err != nil {
		return nil, keysetError(path, err)
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
