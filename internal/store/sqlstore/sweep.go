package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// deadMailsKept is how long a dead letter is shown, sweepBatch how many rows of a kind one transaction of a sweep removes.
const (
	deadMailsKept = 7 * 24 * time.Hour
	sweepBatch    = 1000
)

// litter is rows that are over: whether there are any, and how to remove the next few of them.
type litter struct{ found, remove statement }

// sweep removes links and sessions that are over, mails that ended and that no limit counts any more, and what the audit need not keep any more.
func (l *fencedStore) sweep(ctx context.Context) error {
	now := time.Now()
	for {
		found := false
		var asks, removes []statement
		for _, kind := range l.litter(now) {
			kind.found.each = func(r row) error {
				var some bool
				err := r.Scan(&some)
				found = found || some
				return err
			}
			asks, removes = append(asks, kind.found), append(removes, kind.remove)
		}
		if err := l.engine.read(ctx, asks...); err != nil || !found {
			return doing("looking for what is over", err)
		}
		if err := l.writeOnly(ctx, "removing what is over", removes...); err != nil {
			return err
		}
	}
}

func (l *fencedStore) litter(now time.Time) []litter {
	// That the mail that asks to confirm an address went out is shown for as long as the address is not confirmed.
	const mails = `((state IN ('Sent', 'Void') AND created_at < $1
			AND (state = 'Void' OR kind NOT IN ('VerifyAddress', 'ProveAddress')
				OR NOT (SELECT deleted_at IS NULL AND email_verified_at IS NULL FROM accounts a WHERE a.id = account_id)))
		OR (state = 'Dead' AND created_at < $2))`
	ended, dead := stamp(now.Add(-mailSpan)), stamp(now.Add(-deadMailsKept))
	all := []litter{
		{
			exec(`SELECT EXISTS (SELECT 1 FROM links WHERE expires_at < $1)`, stamp(now)),
			exec(`DELETE FROM links WHERE hash IN (SELECT hash FROM links WHERE expires_at < $1 LIMIT $2)`, stamp(now), sweepBatch),
		},
		{
			exec(`SELECT EXISTS (SELECT 1 FROM mails WHERE `+mails+`)`, ended, dead),
			exec(`DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE `+mails+` LIMIT $3)`, ended, dead, sweepBatch),
		},
	}
	all = append(all, litter{
		exec(`SELECT EXISTS (SELECT 1 FROM mail_budgets WHERE began < $1)`, ended),
		exec(`DELETE FROM mail_budgets WHERE began < $1`, ended),
	})
	unused := stamp(now.Add(-store.SessionIdle))
	all = append(all, litter{
		exec(`SELECT EXISTS (SELECT 1 FROM sessions WHERE used_at < $1)`, unused),
		exec(`DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions WHERE used_at < $1 LIMIT $2)`, unused, sweepBatch),
	})
	all = append(all, litter{
		exec(`SELECT EXISTS (SELECT 1 FROM reader_tokens WHERE expires_at < $1)`, stamp(now)),
		exec(`DELETE FROM reader_tokens WHERE hash IN (SELECT hash FROM reader_tokens WHERE expires_at < $1 LIMIT $2)`, stamp(now), sweepBatch),
	})
	all = append(all, litterOfKeys(now)...)
	if l.reads > 0 {
		before := stamp(now.Add(-l.reads))
		all = append(all, litter{
			exec(`SELECT EXISTS (SELECT 1 FROM reader_reads WHERE hour < $1)`, before),
			exec(`DELETE FROM reader_reads WHERE hour < $1`, before),
		})
	}
	if l.audits > 0 { // the oldest have the lowest IDs, so that no index of the times is needed
		const oldest, over = `(SELECT id, at FROM audit ORDER BY id LIMIT $2) AS oldest`, `at < $1`
		before := stamp(now.Add(-l.audits))
		all = append(all, litter{
			exec(`SELECT EXISTS (SELECT 1 FROM `+oldest+` WHERE `+over+`)`, before, 1),
			exec(`DELETE FROM audit WHERE id IN (SELECT id FROM `+oldest+` WHERE `+over+`)`, before, sweepBatch),
		})
	}
	return all
}

// litterOfKeys are API keys that ended some time ago, and sessions of keys that ended.
func litterOfKeys(now time.Time) (all []litter) {
	kept := stamp(now.Add(-store.KeysKept))
	for _, over := range []string{`ended_at < $1`, `expires_at < $1`} {
		all = append(all, litter{
			exec(`SELECT EXISTS (SELECT 1 FROM api_keys WHERE `+over+`)`, kept),
			exec(`DELETE FROM api_keys WHERE id IN (SELECT id FROM api_keys WHERE `+over+` LIMIT $2)`, kept, sweepBatch),
		})
	}
	return append(all, litter{
		exec(`SELECT EXISTS (SELECT 1 FROM api_sessions WHERE expires_at < $1)`, stamp(now)),
		exec(`DELETE FROM api_sessions WHERE hash IN (SELECT hash FROM api_sessions WHERE expires_at < $1 LIMIT $2)`, stamp(now), sweepBatch),
	})
}
