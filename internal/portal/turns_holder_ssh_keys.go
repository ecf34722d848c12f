package portal

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

func (h holderInTurn) SSHKeys(ctx context.Context) ([]store.HeldSSHKey, error) {
	return inTurn(ctx, h.turns, func() ([]store.HeldSSHKey, error) { return h.store.SSHKeys(ctx) })
}

func (h holderInTurn) PutSSHKey(ctx context.Context, want store.SSHKey) (store.HeldSSHKey, error) {
	return inTurn(ctx, h.turns, func() (store.HeldSSHKey, error) { return h.store.PutSSHKey(ctx, want) })
}

func (h holderInTurn) DeleteSSHKey(ctx context.Context, id string) error {
	return h.turns.take(ctx, func() error { return h.store.DeleteSSHKey(ctx, id) })
}
