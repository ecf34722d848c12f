package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// open opens the backing store that the flags name.
func (c *storeConfig) open(ctx context.Context, o sqlstore.Options) (*sqlstore.Store, error) {
	address, err := c.storeAddress()
	if err != nil {
		return nil, err
	}
	if o.Sealer, err = c.sealer(); err != nil {
		return nil, err
	}
	if o.FactorSealer, err = c.factorSealer(); err != nil {
		return nil, err
	}
	o.RecoveryWindow, o.AuditRetention, o.KeepVerified = c.recoveryWindow, c.auditRetention, c.keepVerified
	o.InsecureNoTLS, o.ReadRetention = c.insecureNoTLS, c.readRetention
	backing, err := sqlstore.Open(ctx, address, o)
	return backing, unreachable(err)
}

// unreachable says where to look, unless the store was reached and refused.
func unreachable(err error) error {
	if startup := (*store.StartupError)(nil); err == nil || errors.As(err, &startup) {
		return err
	}
	return fmt.Errorf("open the store: %w; see that its server runs and that --store (or --store-file) leads there", err)
}

// openReader opens it for reading what accounts hold. A schema that is older is taken up as it is brought up to date.
func (c *config) openReader(ctx context.Context) (*sqlstore.Reader, error) {
	address, err := c.storeAddress()
	if err != nil {
		return nil, err
	}
	sealer, err := c.sealer()
	if err != nil {
		return nil, err
	}
	values, err := sqlstore.OpenReader(ctx, address, sqlstore.Options{
		Sealer: sealer, InsecureNoTLS: c.insecureNoTLS, MaxConnections: c.readerMaxConn, OlderSchema: true,
	})
	if startup := (*store.StartupError)(nil); err != nil && !errors.As(err, &startup) {
		return nil, fmt.Errorf("open the store for readers: %w", err)
	}
	return values, err
}

func (c *storeConfig) storeAddress() (string, error) {
	if c.addressFile == "" {
		return c.address, nil
	}
	text, err := os.ReadFile(c.addressFile)
	if err != nil {
		return "", usagef("--store-file: %v", err)
	}
	return strings.TrimSpace(string(text)), nil
}

func errSealedTwice() error {
	return usagef("--seal-keyset-file and --insecure-no-seal exclude each other; give one")
}

// checkSealing refuses flags that say both how values are sealed and that they are not, or neither.
func (c *storeConfig) checkSealing() error {
	switch {
	case c.insecureNoSeal && c.keysetFile != "":
		return errSealedTwice()
	case c.insecureNoSeal && c.kms.URI != "":
		return usagef("--seal-keyset-kms and --insecure-no-seal exclude each other; give one")
	case !c.insecureNoSeal && c.keysetFile == "":
		return usagef("values are encrypted at rest, which takes a keyset: make one with 'manager keys init FILE' " +
			"and name it by --seal-keyset-file")
	}
	return nil
}

// sealer opens the keyset, once for the whole process: a KMS is asked no more often.
func (c *storeConfig) sealer() (*seal.Sealer, error) {
	if c.opened != nil {
		return c.opened, nil
	}
	if err := c.checkSealing(); err != nil {
		return nil, err
	}
	if c.insecureNoSeal {
		return seal.Unsealed(), nil
	}
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	c.opened, err = seal.File{Path: c.keysetFile, Key: key}.Load()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no keyset file %s; make one with 'manager keys init %s', or name the one that sealed this store",
			c.keysetFile, c.keysetFile)
	}
	if err != nil {
		return nil, keysetError("--seal-keyset-file", err)
	}
	return c.opened, nil
}

// factorSealer is nil where seeds have no keyset of their own.
func (c *storeConfig) factorSealer() (*seal.Sealer, error) {
	if c.factorKeyset == "" {
		return nil, nil
	}
	sealer, err := seal.File{Path: c.factorKeyset}.Load()
	if err != nil {
		return nil, usagef("--factor-keyset-file: %v", err)
	}
	return sealer, nil
}

// storeSubcommand opens the store for do; beside a running manager, or instead of one.
func (c *config) storeSubcommand(name, short string, beside bool, do func(*cobra.Command, *sqlstore.Store) error) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := c.open(cmd.Context(), sqlstore.Options{WithoutLock: beside})
			if err != nil {
				return err
			}
			return errors.Join(do(cmd, s), s.Close())
		},
	}
}
