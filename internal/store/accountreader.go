package store

import "context"

// AccountReader reads what live accounts hold, values and all, by the accounts' IDs. It writes nothing.
type AccountReader interface {
	// EnvVars returns the account's variables, sorted by name, as of one moment; the claims that own them are left out. ErrNotFound
	// when no live account has the ID.
	EnvVars(ctx context.Context, accountID string) ([]EnvVar, error)
	// Connections returns the account's connections, sorted by ID, as EnvVars does.
	Connections(ctx context.Context, accountID string) ([]Connection, error)
	// What is called At returns the account's revision, too, as it was before the rest was read: who finds it again later has missed nothing.
	EnvVarsAt(ctx context.Context, accountID string) (vars []EnvVar, revision string, err error)
	ConnectionsAt(ctx context.Context, accountID string) (all []Connection, revision string, err error)
	SSHKeysAt(ctx context.Context, accountID string) (all []SSHKey, revision string, err error)
	Revisions
	// Ping is a cheap round trip, for health checks.
	Ping(ctx context.Context) error
	Close() error
}
