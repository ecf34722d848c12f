package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/account-operator/account-operator/internal/store"
)

// writeUnfenced is a transaction of whoever does not lead. It is not fenced, so it writes only what is right whoever leads,
// and the change feed delivers it. As in write, decide looks at what came back from first, and an error or nothing to
// write leaves nothing behind.
func (s *Store) writeUnfenced(ctx context.Context, what string, first []statement, decide func() ([]statement, error)) error {
	return doing(what, s.transactUnfenced(ctx, first, decide))
}

func (s *Store) transactUnfenced(ctx context.Context, first []statement, decide func() ([]statement, error)) error {
	tx, err := s.engine.begin(ctx, noLeader)
	if err != nil {
		return err
	}
	defer tx.rollback()
	if s.engine.isPutBack() {
		return store.ErrPutBack // which this very process found out
	}
	acting, is := store.ActingOf(ctx)
	stands := !is
	reads := append([]statement{s.vouched()}, first...)
	if is {
		reads = append(reads, hold(acting, &stands))
	}
	if err := tx.run(ctx, reads...); err != nil {
		return err
	}
	if !stands {
		return store.ErrNotFound
	}
	writes, err := decide()
	if err != nil || len(writes) == 0 {
		return err
	}
	commits := s.engine.witness(writes)
	if err := tx.commit(ctx, writes...); err != nil {
		return err
	}
	commits.acknowledged()
	return nil
}

// auditUnfenced notes what was done to an account without leading; 0 where there was none.
func auditUnfenced(op string, account int64) statement { return auditNames(op, account, nil) }

// auditNames notes the names of what was touched, too.
func auditNames(op string, account int64, names map[string][]string) statement {
	text, err := json.Marshal(names)
	if err != nil || names == nil {
		text = []byte(`{}`) // strings always marshal
	}
	write := exec(`INSERT INTO audit (`+claimColumns+`, kind, generation, op, names, account_id)
		VALUES ('', '', '', '', '', '', 0, $1, $3, nullif(CAST($2 AS BIGINT), 0))`, op, account, string(text))
	write.audits = true
	return write
}
