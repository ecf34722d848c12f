package sqlstore

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

// Vouch implements store.FencedStore. Nothing is written where the leader vouched for this start of the database already.
func (l *fencedStore) Vouch(ctx context.Context) error {
	missing := false
	return l.write(ctx, "vouching for the store", []statement{l.unvouched(&missing)}, func() ([]statement, error) {
		if !missing {
			return nil, nil
		}
		return []statement{exec(`UPDATE identity SET vouched = ` + l.engine.instance())}, nil
	})
}

// unvouched finds out whether this start of the database is one that a leader vouched for. A store that none ever vouched for has
// nothing to lose.
func (s *Store) unvouched(missing *bool) statement {
	return query(func(r row) error { return r.Scan(missing) }, `SELECT coalesce(vouched, '') <> `+s.engine.instance()+` FROM identity`)
}

// vouched is part of what those do who do not lead: it fails before anything else is looked at.
func (s *Store) vouched() statement {
	return query(func(r row) error {
		var missing bool
		if err := r.Scan(&missing); err != nil || !missing {
			return err
		}
		return store.ErrNotVouched
	}, `SELECT coalesce(vouched <> `+s.engine.instance()+`, FALSE) FROM identity`)
}
