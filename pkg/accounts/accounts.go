package accounts

import (
	"errors"
	"fmt"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// ErrNotFound says that no live account has the ID.
var ErrNotFound = errors.New("no live account has this ID")

// Secret is a value that must not be seen: it prints as stars, and only its method Reveal gives the bytes.
type Secret = store.Secret

// Variable is an environment variable of an account.
type Variable struct {
	Name  string
	Value Secret
}

// Connection is a cloud connection of an account.
type Connection struct {
	ID          string
	DisplayName string
	Type        string // "AmazonS3", "Backblaze" or "Dropbox"
	Bucket      string
	Region      string
	Endpoint    string
	// Credentials by their field's name.
	Credentials map[string]Secret
}

// UnreadableError names values that do not open: they were altered in the database, or sealed by a key that the keyset does not have; and public
// keys that are none. The values that do open are returned beside it.
type UnreadableError struct {
	AccountID string
	Names     []string // of variables, or IDs of connections or keys
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("of account %s these do not open: %s", e.AccountID, strings.Join(e.Names, ", "))
}

// Any is the error, or nil where it names nothing.
func (e *UnreadableError) Any() error {
	if len(e.Names) == 0 {
		return nil
	}
	return e
}
