package store

import (
	"context"
	"time"
)

// SSHKeysOfAccount is how many an account has before its holder adds no more.
const SSHKeysOfAccount = 100

// HeldSSHKeys are the account's public keys.
type HeldSSHKeys interface {
	// SSHKeys are all, the oldest first.
	SSHKeys(ctx context.Context) ([]HeldSSHKey, error)
	// PutSSHKey adds the key where its ID is empty, else it replaces the one of the ID.
	PutSSHKey(ctx context.Context, want SSHKey) (HeldSSHKey, error)
	// DeleteSSHKey removes a key. That it is gone already is no error.
	DeleteSSHKey(ctx context.Context, id string) error
}

// HeldSSHKey is a key, and whose it is.
type HeldSSHKey struct {
	SSHKey
	Created time.Time
	Owner   Claim // zero: the holder's own
}
