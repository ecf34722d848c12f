package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// fencedStore writes under one Lead.
type fencedStore struct {
	*Store
	lead
	statusKey store.Secret
	allSigned bool
}

var _ store.FencedStore = (*fencedStore)(nil)

// Epoch implements store.FencedStore.
func (l *fencedStore) Epoch() int64 { return l.epoch }

// Holds implements store.FencedStore.
func (l *fencedStore) Holds(ctx context.Context) error {
	return doing("asking who leads", l.engine.read(ctx, l.engine.fence(l.lead)))
}

// StatusKey implements store.FencedStore.
func (l *fencedStore) StatusKey() store.Secret { return l.statusKey }

// AllSigned implements store.FencedStore.
func (l *fencedStore) AllSigned() bool { return l.allSigned }

// SetAllSigned implements store.FencedStore.
func (l *fencedStore) SetAllSigned(ctx context.Context) error {
	return l.write(ctx, "remembering that each status is signed", nil, func() ([]statement, error) {
		return []statement{exec(`UPDATE leaders SET signed = TRUE WHERE cluster = $1 AND lease = $2`, l.cluster, l.lease)}, nil
	})
}

func (l *fencedStore) readStatusKey() statement {
	return query(func(r row) error {
		var key []byte
		err := r.Scan(&key)
		l.statusKey = store.NewSecret(key)
		return err
	}, `SELECT value FROM status_key WHERE id = 1`)
}

// Lead takes the next epoch: from then on nobody else passes the fence. Then it waits for those who had passed it before. What
// waits for this lease in the changes table is the next feed's.
func (s *Store) Lead(ctx context.Context, cluster, lease string) (store.FencedStore, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	l := &fencedStore{Store: s, lead: lead{cluster: cluster, lease: lease, token: newToken()}}
	err := s.engine.overtake(ctx, query(func(r row) error { return r.Scan(&l.epoch, &l.allSigned) },
		`INSERT INTO leaders (cluster, lease, epoch, token) VALUES ($1, $2, 1, $3)
			ON CONFLICT (cluster, lease) DO UPDATE SET epoch = leaders.epoch + 1, token = excluded.token RETURNING epoch, signed`,
		cluster, lease, hashOf(l.token)))
	if err == nil {
		err = s.engine.overtake(ctx, exec(`SELECT 1 FROM leaders WHERE cluster = $1 AND lease = $2 FOR UPDATE`, cluster, lease),
			s.engine.fence(l.lead), raiseMark(), l.dropOld(), l.readStatusKey())
	}
	if err != nil {
		return nil, doing("taking the lead", err)
	}
	return l, nil
}

// raiseMark is part of every Lead.
func raiseMark() statement { return exec(`UPDATE identity SET mark = mark + 1`) }

// dropOld is part of it, too.
func (l *fencedStore) dropOld() statement {
	return exec(`DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE at < $1 FOR UPDATE SKIP LOCKED)`,
		stamp(time.Now().Add(-changesKept)))
}

// transaction runs statements that need nothing but each other.
func (s *Store) transaction(ctx context.Context, as author, steps ...statement) error {
	tx, err := s.engine.begin(ctx, as)
	if err != nil {
		return err
	}
	defer tx.rollback()
	return tx.commit(ctx, steps...)
}

// ready refuses to lead on a schema that this binary does not write.
func (s *Store) ready(ctx context.Context) error {
	version, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case version > newestVersion:
		return newerSchema(version)
	case version < newestVersion:
		return startupError("the schema of the store is older than this binary", "run `manager store migrate`")
	}
	_, err = s.checkSeal(ctx, version)
	return err
}

// write runs one fenced transaction: it sends the reads, lets decide look at what came back, and sends what decide
// answers together with the commit. With nothing to write nothing is committed.
func (l *fencedStore) write(ctx context.Context, what string, reads []statement, decide func() ([]statement, error)) error {
	return doing(what, l.transact(ctx, reads, nil, decide))
}

// writeAfter is write where what the reads found decides what else there is to read.
func (l *fencedStore) writeAfter(
	ctx context.Context, what string, reads []statement, more func() []statement, decide func() ([]statement, error),
) error {
	return doing(what, l.transact(ctx, reads, more, decide))
}

func (l *fencedStore) transact(ctx context.Context, reads []statement, more func() []statement, decide func() ([]statement, error)) error {
	return l.transactIn(ctx, false, reads, more, decide)
}

// transactIn writes into a store that was put back only where that is said. The connection, which may be a new one to an older
// store, is there by then.
func (l *fencedStore) transactIn(
	ctx context.Context, putBack bool, reads []statement, more func() []statement, decide func() ([]statement, error),
) error {
	tx, err := l.engine.begin(ctx, l.token)
	if err != nil {
		return err
	}
	defer tx.rollback()
	if !putBack && l.engine.isPutBack() {
		return store.ErrPutBack
	}
	fence := []statement{l.engine.fence(l.lead)}
	if len(reads) > 0 {
		if err := readFirst(ctx, tx, append(fence, reads...), more); err != nil {
			return err
		}
		fence = nil
	}
	writes, err := decide()
	if err != nil || len(writes) == 0 {
		return err
	}
	commits := l.engine.witness(writes)
	if err := tx.commit(ctx, append(fence, writes...)...); err != nil {
		return err
	}
	commits.acknowledged()
	return nil
}

// readFirst sends reads and then, where there are more to send, those that follow from what they found.
func readFirst(ctx context.Context, tx transaction, reads []statement, more func() []statement) error {
	if err := tx.run(ctx, reads...); err != nil || more == nil {
		return err
	}
	if reads = more(); len(reads) == 0 {
		return nil
	}
	return tx.run(ctx, reads...)
}

// writeOnly is write for a transaction that needs to read nothing first.
func (l *fencedStore) writeOnly(ctx context.Context, what string, writes ...statement) error {
	return l.write(ctx, what, nil, func() ([]statement, error) { return writes, nil })
}
