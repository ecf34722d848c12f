// Package db opens the database of account-operator's store for reading, with its keyset. It writes nothing, and on PostgreSQL the role
// account_operator_reader has all the rights that it needs.
//
// It brings the drivers of both databases. Who needs neither them nor the keyset takes accounts.Client, which reads by the reader API.
package db

import (
	"context"
	"errors"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/pkg/accounts"
)

// Options are what Open needs.
type Options struct {
	// Database is the address of the store: sqlite:///path/accounts.db or postgres://user@host:5432/database.
	Database string
	// KeysetFile is the keyset that seals the store. It is read again when a value was sealed by a key that was added since.
	KeysetFile string
	// KeysetKey unwraps the keyset of managers that run with --seal-keyset-kms: their key, as Tink's integration of that KMS has it. It is asked again
	// when the file changed; while it fails, the keyset that is open goes on opening values.
	KeysetKey tink.AEAD
	// InsecureNoSeal is for a store of managers that run with --insecure-no-seal, in place of a keyset.
	InsecureNoSeal bool
	// InsecureNoTLS lets a connection to a PostgreSQL server on another machine go in clear text.
	InsecureNoTLS bool
	// MaxConnections bounds those to PostgreSQL. Default: 10.
	MaxConnections int
}

// DB is a store's database, open for reading. It may be used by many goroutines at once.
type DB struct{ reader store.AccountReader }

// Open opens a database that a manager has made. It writes nothing, and refuses one that was sealed with another keyset, or whose schema is
// newer than it knows. No error holds the address's password.
func Open(ctx context.Context, o Options) (*DB, error) {
	sealer, err := o.sealer()
	if err != nil {
		return nil, err
	}
	reader, err := sqlstore.OpenReader(ctx, o.Database, sqlstore.Options{
		Sealer: sealer, InsecureNoTLS: o.InsecureNoTLS, MaxConnections: o.MaxConnections,
	})
	if err != nil {
		return nil, err
	}
	return &DB{reader}, nil
}

func (o *Options) sealer() (*seal.Sealer, error) {
	switch {
	case o.InsecureNoSeal && (o.KeysetFile != "" || o.KeysetKey != nil):
		return nil, errors.New("db: KeysetFile and InsecureNoSeal exclude each other")
	case o.InsecureNoSeal:
		return seal.Unsealed(), nil
	case o.KeysetFile == "":
		return nil, errors.New("db: KeysetFile is empty; it takes the keyset that seals the store")
	}
	return seal.File{Path: o.KeysetFile, Key: o.KeysetKey}.Follow()
}

// Env returns the account's variables, sorted by name. accounts.ErrNotFound when no live account has the ID; *accounts.UnreadableError beside those
// that open.
func (d *DB) Env(ctx context.Context, accountID string) (vars []accounts.Variable, err error) {
	held, err := d.reader.EnvVars(ctx, accountID)
	if err != nil {
		return nil, known(err)
	}
	var closed []string
	for _, v := range held {
		if v.Unreadable {
			closed = append(closed, v.Name)
			continue
		}
		vars = append(vars, accounts.Variable{Name: v.Name, Value: v.Value})
	}
	return vars, (&accounts.UnreadableError{AccountID: accountID, Names: closed}).Any()
}

// Connections returns the account's cloud connections, sorted by ID, and fails as Env does.
func (d *DB) Connections(ctx context.Context, accountID string) (all []accounts.Connection, err error) {
	held, err := d.reader.Connections(ctx, accountID)
	if err != nil {
		return nil, known(err)
	}
	var closed []string
	for _, c := range held {
		if c.Unreadable {
			closed = append(closed, c.ID)
			continue
		}
		all = append(all, accounts.Connection{
			ID: c.ID, DisplayName: c.DisplayName, Type: c.Type, Bucket: c.Bucket, Region: c.Region, Endpoint: c.Endpoint, Credentials: c.Credentials,
		})
	}
	return all, (&accounts.UnreadableError{AccountID: accountID, Names: closed}).Any()
}

// Close ends what is under way.
func (d *DB) Close() error { return d.reader.Close() }

func known(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return accounts.ErrNotFound
	}
	return err
}
