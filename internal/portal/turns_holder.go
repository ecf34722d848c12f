package portal

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

func (h holdersInTurn) Holder(accountID string) store.Holder {
	return holderInTurn{h.sessionsInTurn.turns, h.of.Holder(accountID)}
}

func (h holdersInTurn) Capabilities() store.Capabilities { return h.of.Capabilities() }

// holderInTurn is an account in the hands of its holder.
type holderInTurn struct {
	turns turns
	store store.Holder
}

func (h holderInTurn) Account(ctx context.Context) (store.HeldAccount, error) {
	return inTurn(ctx, h.turns, func() (store.HeldAccount, error) { return h.store.Account(ctx) })
}

func (h holderInTurn) Set(ctx context.Context, want store.HolderSpec) error {
	return h.turns.take(ctx, func() error { return h.store.Set(ctx, want) })
}

func (h holderInTurn) AskForAddress(ctx context.Context, email string) error {
	return h.turns.take(ctx, func() error { return h.store.AskForAddress(ctx, email) })
}

func (h holderInTurn) AskAgain(ctx context.Context) error {
	return h.turns.take(ctx, func() error { return h.store.AskAgain(ctx) })
}

func (h holderInTurn) KeepAddress(ctx context.Context) error {
	return h.turns.take(ctx, func() error { return h.store.KeepAddress(ctx) })
}

func (h holderInTurn) AddressToProve(ctx context.Context, token store.Secret) (string, error) {
	return inTurn(ctx, h.turns, func() (string, error) { return h.store.AddressToProve(ctx, token) })
}

func (h holderInTurn) ProveAddress(ctx context.Context, token store.Secret) error {
	return h.turns.take(ctx, func() error { return h.store.ProveAddress(ctx, token) })
}

func (h holderInTurn) EnvVars(ctx context.Context) ([]store.HeldEnvVar, error) {
	return inTurn(ctx, h.turns, func() ([]store.HeldEnvVar, error) { return h.store.EnvVars(ctx) })
}

func (h holderInTurn) PutEnvVars(ctx context.Context, all []store.NamedValue) (store.Written, error) {
	return inTurn(ctx, h.turns, func() (store.Written, error) { return h.store.PutEnvVars(ctx, all) })
}

func (h holderInTurn) DeleteEnvVar(ctx context.Context, name string) error {
	return h.turns.take(ctx, func() error { return h.store.DeleteEnvVar(ctx, name) })
}

func (h holderInTurn) Connections(ctx context.Context) ([]store.HeldConnection, error) {
	return inTurn(ctx, h.turns, func() ([]store.HeldConnection, error) { return h.store.Connections(ctx) })
}

func (h holderInTurn) PutConnection(ctx context.Context, want store.Connection) (string, error) {
	return inTurn(ctx, h.turns, func() (string, error) { return h.store.PutConnection(ctx, want) })
}

func (h holderInTurn) RenameConnection(ctx context.Context, id, displayName string) error {
	return h.turns.take(ctx, func() error { return h.store.RenameConnection(ctx, id, displayName) })
}

func (h holderInTurn) DeleteConnection(ctx context.Context, id string) error {
	return h.turns.take(ctx, func() error { return h.store.DeleteConnection(ctx, id) })
}

func (h holderInTurn) Keys(ctx context.Context) ([]store.APIKey, error) {
	return inTurn(ctx, h.turns, func() ([]store.APIKey, error) { return h.store.Keys(ctx) })
}

func (h holderInTurn) CreateKey(ctx context.Context, by string, want store.APIKey) (made store.APIKey, text store.Secret, err error) {
	err = h.turns.take(ctx, func() error { made, text, err = h.store.CreateKey(ctx, by, want); return err })
	return made, text, err
}

func (h holderInTurn) ReplaceKey(ctx context.Context, id string) (made store.APIKey, text store.Secret, err error) {
	err = h.turns.take(ctx, func() error { made, text, err = h.store.ReplaceKey(ctx, id); return err })
	return made, text, err
}

func (h holderInTurn) DeleteKey(ctx context.Context, id string) error {
	return h.turns.take(ctx, func() error { return h.store.DeleteKey(ctx, id) })
}

func (h holderInTurn) BeginKeySession(ctx context.Context, id string) (session store.Secret, expires time.Time, err error) {
	err = h.turns.take(ctx, func() error { session, expires, err = h.store.BeginKeySession(ctx, id); return err })
	return session, expires, err
}

func (h holderInTurn) AllowFactor(ctx context.Context, id string) error {
	return h.turns.take(ctx, func() error { return h.store.AllowFactor(ctx, id) })
}

func (h holderInTurn) InTheWay(ctx context.Context) ([]store.Blocker, error) {
	return inTurn(ctx, h.turns, func() ([]store.Blocker, error) { return h.store.InTheWay(ctx) })
}

func (h holderInTurn) Delete(ctx context.Context) error {
	return h.turns.take(ctx, func() error { return h.store.Delete(ctx) })
}

func (h holderInTurn) RequestDeletion(ctx context.Context) error {
	return h.turns.take(ctx, func() error { return h.store.RequestDeletion(ctx) })
}

func (h holderInTurn) WithdrawDeletion(ctx context.Context) error {
	return h.turns.take(ctx, func() error { return h.store.WithdrawDeletion(ctx) })
}

func (h holderInTurn) ReadsSince(ctx context.Context, since time.Time) ([]store.DayOfReads, error) {
	return inTurn(ctx, h.turns, func() ([]store.DayOfReads, error) { return h.store.ReadsSince(ctx, since) })
}
