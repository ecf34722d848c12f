package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// changesBatch bounds one read of the changes table, changesKept how long a row waits for a lease that nobody holds. What
// makes a record stale is found without it; what only status shows, as how many accounts were referred, is not.
const (
	changesBatch = 1000
	changesKept  = 24 * time.Hour
)

// Changes listens first and reads then, so that nothing falls in between. The channel takes no more than the caller
// reads; ending ctx ends the feed.
func (l *fencedStore) Changes(ctx context.Context) (<-chan store.Claim, error) {
	n, err := l.engine.notifier(ctx)
	if err != nil {
		return nil, doing("listening for changes", err)
	}
	out := make(chan store.Claim)
	go func() {
		defer close(out)
		defer n.close()
		for {
			if l.deliver(ctx, out) != nil || n.wait(ctx) != nil {
				return
			}
		}
	}()
	return out, nil
}

// deliver sends every claim that has pending rows, once.
func (l *fencedStore) deliver(ctx context.Context, out chan<- store.Claim) error {
	pending, err := l.pending(ctx)
	if err != nil || !pending {
		return err
	}
	for p := (changesPage{count: changesBatch}); p.next(); {
		claims, err := l.collect(ctx, &p)
		if err != nil {
			return err
		}
		for _, c := range claims {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case out <- c:
			}
		}
	}
	return nil
}

// changesPage is how far the rows were read: up to this one, and how many at last.
type changesPage struct {
	last  int64
	count int
}

// next begins another page where the last one was full.
func (p *changesPage) next() bool {
	more := p.count >= changesBatch
	p.count = 0
	return more
}

// collect reads a batch of rows and takes them away. It is fenced: a former leader must not take what its successor waits for. A row
// on which another program's transaction leans stays, and is read again when that one notifies.
func (l *fencedStore) collect(ctx context.Context, p *changesPage) (claims []store.Claim, err error) {
	seen := map[store.Claim]bool{}
	note := func(r row, id *int64) error {
		var c store.Claim
		err := r.Scan(append(claimInto(&c), &c.Kind, id)...)
		if !seen[c] {
			claims, seen[c] = append(claims, c), true
		}
		return err
	}
	read := func(r row) error {
		p.count++
		return note(r, &p.last)
	}
	taken := func(r row) error { return note(r, new(int64)) } // some may have come since
	const batch = ` FROM changes WHERE cluster = $1 AND lease = $2 AND id > $3 ORDER BY id LIMIT $4`
	of := []any{l.cluster, l.lease, p.last, changesBatch}
	err = l.writeOnly(ctx, "reading changes",
		query(read, `SELECT `+claimColumns+`, kind, id`+batch, of...),
		query(taken, `DELETE FROM changes WHERE id IN (SELECT id`+batch+` FOR UPDATE SKIP LOCKED) RETURNING `+claimColumns+`, kind, id`, of...),
		l.dropOld())
	return claims, err
}

// pending spares a write, and on SQLite a sync of the disk, when there is nothing. Since it is asked after every change that anybody
// made, it sees how far the store has come.
func (l *fencedStore) pending(ctx context.Context) (pending bool, err error) {
	var newest store.Commit
	incarnation := l.engine.present()
	err = l.engine.read(ctx, query(func(r row) error { return r.Scan(&pending) },
		`SELECT EXISTS (SELECT 1 FROM changes WHERE cluster = $1 AND lease = $2)`, l.cluster, l.lease), readNewest(&newest))
	if err == nil {
		l.engine.saw(incarnation, newest)
	}
	return pending, err
}
