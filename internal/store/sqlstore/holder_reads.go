package sqlstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// ReadsSince implements store.HeldReads.
func (h holder) ReadsSince(ctx context.Context, since time.Time) (all []store.DayOfReads, err error) {
	live := false
	days := map[store.DayOfReads]int64{} // without their counts
	err = h.engine.read(ctx, query(func(row) error { live = true; return nil }, `SELECT 1 FROM accounts WHERE `+heldLive, h.id),
		query(func(r row) error {
			var hour time.Time
			var day store.DayOfReads
			var reads int64
			err := r.Scan(&day.Reader, moment{&hour}, &reads)
			day.Day = hour.UTC().Truncate(24 * time.Hour)
			days[day] += reads
			return err
		}, `SELECT reader, hour, reads FROM reader_reads WHERE account_id = $1 AND hour >= $2`, h.id, stamp(since)))
	if err == nil && !live {
		err = store.ErrNotFound
	}
	for day, reads := range days {
		day.Reads = reads
		all = append(all, day)
	}
	slices.SortFunc(all, func(a, b store.DayOfReads) int { return cmp.Or(b.Day.Compare(a.Day), cmp.Compare(a.Reader, b.Reader)) })
	return all, doing("reading who read", err)
}
