package sqlstore

import (
	"context"
	"time"
)

// deadMailsKept is how long a dead letter is shown, sweepBatch how many rows one transaction of a sweep removes.
const (
	deadMailsKept = 7 * 24 * time.Hour
	sweepBatch    = 1000
)

// sweep removes links that expired, and mails that ended and that no limit counts any more.
func (l *led) sweep(ctx context.Context) error {
	now := time.Now()
	over := `((state IN ('Sent', 'Void') AND created_at < $1) OR (state = 'Dead' AND created_at < $2))`
	for {
		var links, mails bool
		err := l.engine.read(ctx,
			ask(func(r row) error { return r.Scan(&links) }, `SELECT EXISTS (SELECT 1 FROM links WHERE expires_at < $1)`, stamp(now)),
			ask(func(r row) error { return r.Scan(&mails) }, `SELECT EXISTS (SELECT 1 FROM mails WHERE `+over+`)`,
				stamp(now.Add(-mailSpan)), stamp(now.Add(-deadMailsKept))))
		if err != nil || !links && !mails {
			return doing("looking for mails and links that are over", err)
		}
		err = l.writeOnly(ctx, "removing mails and links that are over",
			say(`DELETE FROM links WHERE hash IN (SELECT hash FROM links WHERE expires_at < $1 LIMIT $2)`, stamp(now), sweepBatch),
			say(`DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE `+over+` LIMIT $3)`,
				stamp(now.Add(-mailSpan)), stamp(now.Add(-deadMailsKept)), sweepBatch))
		if err != nil {
			return err
		}
	}
}
