package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/account-operator/account-operator/internal/kms"
	"github.com/account-operator/account-operator/internal/seal"
)

func (c *storeConfig) kmsFlags(f *pflag.FlagSet) {
	f.StringVar(&c.kms.URI, "seal-keyset-kms", "",
		"key that the keyset is wrapped by, in HashiCorp Vault or OpenBao: hcvault://HOST:8200/transit/keys/NAME; left out, the keyset is in clear text")
	f.StringVar(&c.kms.Role, "seal-keyset-kms-role", "",
		"role to log in with there, by the ServiceAccount's token; left out, the token is that of the environment variable VAULT_TOKEN")
	f.StringVar(&c.kms.AuthMount, "seal-keyset-kms-auth", "kubernetes", "where the method of that login is mounted: kubernetes, or one of type jwt")
	f.StringVar(&c.kms.TokenFile, "seal-keyset-kms-token-file", "/var/run/secrets/kubernetes.io/serviceaccount/token", "file with the ServiceAccount's token")
}

// key is the KMS's, nil where none is named.
func (c *storeConfig) key() (tink.AEAD, error) {
	if c.kms.URI == "" {
		return nil, nil
	}
	key, err := kms.Key(c.kms)
	if err != nil {
		return nil, usagef("--seal-keyset-kms: %v", err)
	}
	return key, nil
}

func (c *storeConfig) newKeyset() ([]byte, error) {
	keyset, err := seal.NewKeyset()
	if err != nil {
		return nil, err
	}
	return c.kept(keyset)
}

// kept is a keyset as it is to be kept: wrapped, where a KMS is named.
func (c *storeConfig) kept(plain []byte) ([]byte, error) {
	key, err := c.key()
	if err != nil || key == nil {
		return plain, err
	}
	return seal.Wrap(plain, key)
}

func (c *storeConfig) inClear(content []byte) ([]byte, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	return seal.Clear(content, key)
}

func (c *storeConfig) rotated(content []byte) ([]byte, error) {
	plain, err := c.inClear(content)
	if err != nil {
		return nil, err
	}
	rotated, err := seal.Rotate(plain)
	if err != nil {
		return nil, err
	}
	return c.kept(rotated)
}

func (c *storeConfig) wrapped(content []byte) ([]byte, error) {
	if c.kms.URI == "" {
		return nil, errors.New("name the key that is to wrap it by --seal-keyset-kms")
	}
	plain, err := c.inClear(content)
	if errors.Is(err, seal.ErrUnwrapped) {
		plain, err = content, nil
	}
	if err != nil {
		return nil, err
	}
	return c.kept(plain)
}

func (c *storeConfig) unwrapped(content []byte) ([]byte, error) {
	return c.inClear(content)
}

// keysetError says of the keyset at a place what to do.
func keysetError(place string, err error) error {
	away, usage := (*kms.AwayError)(nil), (*usageError)(nil)
	switch {
	case errors.As(err, &away):
		return fmt.Errorf("%s: %w", place, err)
	case errors.As(err, &usage):
		return err
	case errors.Is(err, seal.ErrWrapped):
		return usagef("%s: %v: name its key by --seal-keyset-kms", place, err)
	case errors.Is(err, seal.ErrUnwrapped):
		return usagef("%s: %v: wrap it by 'manager keys wrap', or leave out --seal-keyset-kms", place, err)
	default:
		return usagef("%s: %v", place, err)
	}
}
