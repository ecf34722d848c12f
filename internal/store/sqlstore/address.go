package sqlstore

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
)

// openEngine never quotes the address: it may hold a password, also in a place where it cannot be recognised.
func openEngine(ctx context.Context, address string, o Options) (engine, error) {
	scheme, _, found := strings.Cut(address, "://")
	switch {
	case address == "":
		return nil, startupError("the address of the store is empty", addressForms)
	case !found:
		return nil, startupError("the address of the store has no scheme", addressForms)
	case scheme == "sqlite":
		path, err := sqlitePath(address)
		if err != nil {
			return nil, err
		}
		return openSQLite(ctx, path, o)
	case scheme == "postgres", scheme == "postgresql":
		return openPostgres(ctx, address, o)
	default:
		return nil, startupError("the scheme of the store's address is neither sqlite nor postgres", addressForms)
	}
}

func sqlitePath(address string) (string, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return "", startupError("the address of the store is malformed", addressForms)
	case u.Host != "" || u.User != nil:
		return "", startupError("the address of the store has a host where SQLite has none", "write three slashes: sqlite:///path/accounts.db")
	case u.RawQuery != "" || u.Fragment != "":
		return "", startupError("the address of the store has parameters, and SQLite takes none", addressForms)
	case u.Path == "" || u.Path == "/" || strings.HasSuffix(u.Path, "/"):
		return "", startupError("the address of the store names no file", addressForms)
	}
	return filepath.Clean(u.Path), nil
}
