package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/account-operator/account-operator/internal/store"
)

// readableVersion is the oldest schema that a Reader reads: that which has readers.
const readableVersion = 25

// Reader reads what accounts hold from a database that it never writes to. On PostgreSQL the rights of Roles.Reader are enough.
type Reader struct{ store *Store }

var _ store.AccountReader = (*Reader)(nil)

// OpenReader opens a store that is there, for reading alone: it neither makes a file nor migrates, and refuses what Open refuses, and
// a schema that is too old. Of the options it takes those that say how to connect, and the Sealer.
func OpenReader(ctx context.Context, address string, o Options) (*Reader, error) {
	if o.Sealer == nil {
		return nil, errors.New("opening the store: no sealer")
	}
	o.WithoutLock, o.readOnly = true, true
	e, err := openEngine(ctx, address, o)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: e, sealer: o.Sealer}
	if err := s.admitReader(ctx, o.OlderSchema); err != nil {
		_ = e.close()
		return nil, unusable(err)
	}
	return &Reader{s}, nil
}

func (s *Store) admitReader(ctx context.Context, older bool) error {
	version, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case version > newestVersion:
		return newerSchema(version)
	case version < readableVersion && !older:
		return startupError(fmt.Sprintf("the schema of the store has version %d and is too old to be read", version),
			"let a manager bring it up to date, or 'manager store migrate'")
	}
	_, err = s.checkSeal(ctx, version)
	return err
}

// EnvVars implements store.AccountReader.
func (r *Reader) EnvVars(ctx context.Context, accountID string) ([]store.EnvVar, error) {
	vars, _, err := r.EnvVarsAt(ctx, accountID)
	return vars, err
}

// EnvVarsAt implements store.AccountReader.
func (r *Reader) EnvVarsAt(ctx context.Context, accountID string) (vars []store.EnvVar, revision string, err error) {
	revision, err = r.of(ctx, "reading variables", accountID, variablesOfID, func(id int64, found row) error {
		var v sealedVariable
		if err := found.Scan(&v.Name, &v.version, &v.value); err != nil || v.Name == "" {
			return err
		}
		value, err := r.store.sealer.Open(v.value, place(id, "env_vars", v.Name, v.version))
		v.Value, v.Unreadable = store.NewSecret(value), err != nil
		vars = append(vars, v.EnvVar)
		return nil
	})
	return vars, revision, err
}

// Connections implements store.AccountReader.
func (r *Reader) Connections(ctx context.Context, accountID string) ([]store.Connection, error) {
	all, _, err := r.ConnectionsAt(ctx, accountID)
	return all, err
}

// ConnectionsAt implements store.AccountReader.
func (r *Reader) ConnectionsAt(ctx context.Context, accountID string) ([]store.Connection, string, error) {
	return rowsAt(ctx, r, accountID, connections)
}

// SSHKeysAt implements store.AccountReader.
func (r *Reader) SSHKeysAt(ctx context.Context, accountID string) ([]store.SSHKey, string, error) {
	return rowsAt(ctx, r, accountID, sshKeys)
}

// rowsAt reads the rows of a kind that has one an object.
func rowsAt[R any](ctx context.Context, r *Reader, accountID string, kind *rows[R]) (all []R, revision string, err error) {
	revision, err = r.of(ctx, "reading "+kind.noun+"s", accountID, kind.sql.ofAccount, func(_ int64, found row) error {
		var s stored[R]
		if err := kind.scan(&s)(found); err != nil || *kind.id(&s.value) == "" {
			return err
		}
		kind.open(r.store, &s)
		all = append(all, s.value)
		return nil
	})
	return all, revision, err
}

// Revision implements store.Revisions.
func (r *Reader) Revision(ctx context.Context, account int64) (string, error) {
	return r.store.Revision(ctx, account)
}

// ChangedSince implements store.Revisions.
func (r *Reader) ChangedSince(ctx context.Context, cursor string) (accounts []int64, next string, err error) {
	return r.store.ChangedSince(ctx, cursor)
}

// Ping implements store.AccountReader.
func (r *Reader) Ping(ctx context.Context) error { return r.store.Ping(ctx) }

// Close implements store.AccountReader.
func (r *Reader) Close() error { return r.store.Close() }

var variablesOfID = heldBy("env_vars", "name", "coalesce(k.name, ''), coalesce(k.version, 0), k.value")

// of reads rows of a live account in one round trip, after its revision.
func (r *Reader) of(ctx context.Context, what, accountID, text string, each func(id int64, found row) error) (revision string, err error) {
	id, ok := store.ParseAccountID(accountID)
	if !ok {
		return "", doing(what, store.ErrNotFound)
	}
	live := false
	var at revisionAt
	err = r.store.engine.read(ctx, append(r.store.readRevision(id, &at), query(func(found row) error {
		live = true
		return each(id, found)
	}, text, id))...)
	if err == nil && !live {
		err = store.ErrNotFound
	}
	return at.String(), doing(what, err)
}
