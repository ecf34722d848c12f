package portal

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

func (h holderInTurn) Teams(ctx context.Context) ([]store.HeldTeam, error) {
	return inTurn(ctx, h.turns, func() ([]store.HeldTeam, error) { return h.store.Teams(ctx) })
}

func (h holderInTurn) Members(ctx context.Context, team string, limit int) ([]store.TeamMember, error) {
	return inTurn(ctx, h.turns, func() ([]store.TeamMember, error) { return h.store.Members(ctx, team, limit) })
}

func (h holderInTurn) CreateTeam(ctx context.Context, name string) (string, error) {
	return inTurn(ctx, h.turns, func() (string, error) { return h.store.CreateTeam(ctx, name) })
}

func (h holderInTurn) DeleteTeam(ctx context.Context, id string) error {
	return h.turns.take(ctx, func() error { return h.store.DeleteTeam(ctx, id) })
}

func (h holderInTurn) RemoveMember(ctx context.Context, team, account string) error {
	return h.turns.take(ctx, func() error { return h.store.RemoveMember(ctx, team, account) })
}

func (h holderInTurn) Dependents(ctx context.Context, kind store.DependentKind, after string, limit int) ([]store.HeldDependent, error) {
	return inTurn(ctx, h.turns, func() ([]store.HeldDependent, error) { return h.store.Dependents(ctx, kind, after, limit) })
}

func (h holderInTurn) Audit(ctx context.Context, limit int) ([]store.Audited, error) {
	return inTurn(ctx, h.turns, func() ([]store.Audited, error) { return h.store.Audit(ctx, limit) })
}
