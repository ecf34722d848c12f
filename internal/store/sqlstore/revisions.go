package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// Who was away while more accounts changed than changedMost reads everything. cursorMost bounds what is taken for a cursor.
const (
	changedMost = 10_000
	cursorMost  = 8 << 10
)

var _ store.Revisions = (*Store)(nil)

// Revision implements store.Revisions.
func (s *Store) Revision(ctx context.Context, account int64) (string, error) {
	var at revisionAt
	err := s.engine.read(ctx, s.readRevision(account, &at)...)
	return at.String(), doing("reading the revision of an account", err)
}

// revisionAt is how often an account was raised in a life.
type revisionAt struct {
	life   string
	raised int64
}

func (r revisionAt) String() string { return strconv.FormatInt(r.raised, 10) + "-" + r.life }

func (s *Store) readRevision(account int64, at *revisionAt) []statement {
	return []statement{s.life(&at.life), query(func(r row) error { return r.Scan(&at.raised) },
		`SELECT CAST(coalesce(sum(raised), 0) AS BIGINT) FROM account_revisions WHERE account_id = $1`, account)}
}

// life distinguishes each incarnation of each store, and each start of its server, since commits of others may be lost by that without
// anybody's noticing it, and their numbers be given out again.
func (s *Store) life(into *string) statement {
	return query(func(r row) error {
		var id, incarnation, start string
		err := r.Scan(&id, &incarnation, &start)
		hash := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", id, incarnation, start))
		*into = hex.EncodeToString(hash[:8])
		return err
	}, `SELECT store_id, CAST(incarnation AS TEXT), CAST(`+s.engine.start()+` AS TEXT) FROM identity`)
}

// ChangedSince implements store.Revisions. A cursor is a life, and how far the engine has come in it.
func (s *Store) ChangedSince(ctx context.Context, cursor string) (accounts []int64, next string, err error) {
	of, from, _ := strings.Cut(cursor, ".")
	if cursor != "" && (len(cursor) > cursorMost || len(of) != 16 || !s.engine.isCursor(from)) {
		return nil, "", &store.InvalidError{Field: "cursor", Reason: "is not one that was given out"}
	}
	var life string
	changed := &changed{}
	if err := s.engine.read(ctx, s.life(&life), s.engine.changedSince(from, changedMost+1, changed)); err != nil {
		return nil, "", doing("reading which accounts changed", err)
	}
	next = life + "." + changed.next
	switch {
	case cursor == "":
		return nil, next, nil
	case life != of || changed.gone || len(changed.accounts) > changedMost:
		return nil, next, store.ErrCursorGone
	}
	return changed.accounts, next, nil
}

// addUp makes one row of those of each account that nobody distinguishes any more.
func (l *fencedStore) addUp(ctx context.Context) error {
	for last, count := int64(0), sweepBatch; count == sweepBatch; {
		steps := l.engine.addUp(last, sweepBatch, func(r row) error { return r.Scan(&last, &count) })
		if steps == nil {
			return nil
		}
		if err := l.writeOnly(ctx, "adding up revisions", steps...); err != nil {
			return err
		}
	}
	return nil
}
