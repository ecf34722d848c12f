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
func (l *led) Changes(ctx context.Context) (<-chan store.Claim, error) {
	b, err := l.engine.bell(ctx)
	if err != nil {
		return nil, doing("listening for changes", err)
	}
	out := make(chan store.Claim)
	go func() {
		defer close(out)
		defer b.close()
		for {
			if l.deliver(ctx, out) != nil || b.wait(ctx) != nil {
				return
			}
		}
	}()
	return out, nil
}

// deliver sends every claim that has pending rows, once.
func (l *led) deliver(ctx context.Context, out chan<- store.Claim) error {
	for {
		claims, err := l.collect(ctx)
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
		if len(claims) == 0 {
			return nil
		}
	}
}

// collect takes a batch of rows away. It is fenced: a former leader must not take what its successor waits for.
func (l *led) collect(ctx context.Context) ([]store.Claim, error) {
	pending, err := l.pending(ctx)
	if err != nil || !pending {
		return nil, err
	}
	var claims []store.Claim
	seen := map[store.Claim]bool{}
	err = l.writeOnly(ctx, "reading changes",
		ask(func(r row) error {
			var c store.Claim
			err := r.Scan(append(claimInto(&c), &c.Kind)...)
			if !seen[c] {
				claims, seen[c] = append(claims, c), true
			}
			return err
		}, `DELETE FROM changes WHERE id IN
				(SELECT id FROM changes WHERE cluster = $1 AND lease = $2 ORDER BY id LIMIT $3)
			RETURNING `+claimColumns+`, kind`, l.cluster, l.lease, changesBatch),
		l.dropOld())
	return claims, err
}

// pending spares a write, and on SQLite a sync of the disk, when there is nothing.
func (l *led) pending(ctx context.Context) (pending bool, err error) {
	err = l.engine.read(ctx, ask(func(r row) error { return r.Scan(&pending) },
		`SELECT EXISTS (SELECT 1 FROM changes WHERE cluster = $1 AND lease = $2)`, l.cluster, l.lease))
	return pending, err
}

func (l *led) dropOld() statement {
	return say(`DELETE FROM changes WHERE at < $1`, stamp(time.Now().Add(-changesKept)))
}
