package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// Identity implements store.Store. A database without the schema, or with one from before there were identities, has none.
func (s *Store) Identity(ctx context.Context) (is store.Identity, err error) {
	var made bool
	if err := s.engine.read(ctx, query(func(r row) error { return r.Scan(&made) }, s.engine.hasTable(), "identity")); err != nil || !made {
		return is, doing("asking which store this is", err)
	}
	err = s.engine.read(ctx, readIdentity(&is)...)
	return is, doing("asking which store this is", err)
}

func readIdentity(is *store.Identity) []statement {
	return []statement{
		query(func(r row) error { return r.Scan(&is.ID, &is.Incarnation, &is.Mark, moment{&is.PutBackTo}) },
			`SELECT store_id, incarnation, mark, put_back_to FROM identity`),
		readNewest(&is.Newest),
	}
}

// Lost implements store.Store. A row of the audit that is missing was put back, unless the audit keeps no row as old as that.
func (s *Store) Lost(ctx context.Context, c store.Commit) (bool, error) {
	lost, err := s.engine.putBack(ctx)
	if lost || err != nil || c == (store.Commit{}) {
		return lost, doing("looking for a write", err)
	}
	var found store.Commit
	var older, newer bool
	err = s.engine.read(ctx,
		query(commitInto(&found), `SELECT id, at FROM audit WHERE id = $1`, c.Number),
		query(func(r row) error { return r.Scan(&older, &newer) },
			`SELECT EXISTS (SELECT 1 FROM audit WHERE id <= $1), EXISTS (SELECT 1 FROM audit WHERE id > $1)`, c.Number))
	swept := !older && (newer || s.audits > 0 && time.Since(c.At) > s.audits)
	return err == nil && !found.At.Equal(c.At) && !swept, doing("looking for a write", err)
}

// BeginIncarnation implements store.FencedStore. Time makes its number, and the IDs that follow, greater than all before: a store gives
// out less than one a microsecond, and 2^53, beyond which some programs confuse numbers, is the year 2255.
func (l *fencedStore) BeginIncarnation(ctx context.Context, known store.Identity) (store.Identity, error) {
	var is store.Identity
	now := time.Now()
	reads := append([]statement{exec(`SELECT id FROM identity FOR UPDATE`)}, readIdentity(&is)...)
	err := l.transactIn(ctx, true, reads, nil, func() ([]statement, error) {
		if is.Incarnation > known.Incarnation {
			return nil, nil
		}
		is.PutBackTo, is.Mark = is.Newest.At, max(is.Mark, known.Mark)+1
		is.Incarnation = max(is.Incarnation+1, known.Incarnation+1, now.UnixMicro())
		var to any
		if !is.PutBackTo.IsZero() {
			to = stamp(is.PutBackTo)
		}
		writes := append(l.engine.skipIDs(is.Incarnation),
			exec(`UPDATE identity SET incarnation = $1, mark = $2, put_back_to = $3`, is.Incarnation, is.Mark, to),
			exec(`DELETE FROM links`), exec(`DELETE FROM sessions`), exec(`DELETE FROM api_keys`), exec(`DELETE FROM provider_subjects`),
			exec(`DELETE FROM reader_keys`), exec(`DELETE FROM reader_tokens`), revoked())
		return append(writes, audit(store.Claim{}, store.Claim{}, auditEntry{op: "BeginIncarnation"})), nil
	})
	if err != nil {
		return is, doing("beginning a new incarnation of the store", err)
	}
	if is, err = l.Identity(ctx); err == nil {
		l.engine.goOn(is.Newest)
	}
	return is, err
}
