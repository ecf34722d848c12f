package sqlstore

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

// Reveal returns the variables of a live account for a person to see, by name. The audit log has it before the first value is opened;
// it does not say who it was, which only the database knows. ErrNotFound where there is no such account.
func (s *Store) Reveal(ctx context.Context, accountID string) ([]store.EnvVar, error) {
	id, ok := store.ParseAccountID(accountID)
	if !ok {
		return nil, doing("revealing variables", store.ErrNotFound)
	}
	var live bool
	err := s.writeUnfenced(ctx, "revealing variables", []statement{query(func(r row) error { return r.Scan(&live) },
		`SELECT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND deleted_at IS NULL)`, id)}, func() ([]statement, error) {
		if !live {
			return nil, store.ErrNotFound
		}
		return []statement{auditUnfenced("RevealEnvVars", id)}, nil
	})
	if err != nil {
		return nil, err
	}
	return s.EnvVars(ctx, accountID)
}

// EnvVars are the variables of a live account, by name. ErrNotFound where there is no such account.
func (s *Store) EnvVars(ctx context.Context, accountID string) ([]store.EnvVar, error) {
	return (&Reader{s}).EnvVars(ctx, accountID)
}
