package sqlstore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// Given counts of several hours, days, readers and accounts, when the holder of one asks, then there is one of each day and reader of it.
func TestReadsSince_OfHolder_AreByDayAndReader(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		s := open(t, address, options(t))
		filled(t, s)
		today := time.Now().UTC().Truncate(24 * time.Hour)
		count := func(reader string, account int64, hour time.Time, n int64) store.ReadCount {
			return store.ReadCount{Reader: reader, Account: account, Hour: hour, Reads: n}
		}
		yesterday := today.AddDate(0, 0, -1)
		must(t, s.CountReads(t.Context(), []store.ReadCount{
			count("b", 1, today, 1), count("a", 1, today, 2), count("a", 1, today.Add(-time.Hour), 3), count("a", 1, yesterday, 4),
			count("a", 1, yesterday.Add(-time.Hour), 5), count("c", 2, today, 6),
		}))

		got, err := s.Holder("1").ReadsSince(t.Context(), yesterday)

		must(t, err)
		if diff := cmp.Diff([]store.DayOfReads{{Day: today, Reader: "a", Reads: 2}, {Day: today, Reader: "b", Reads: 1}, {Day: yesterday, Reader: "a", Reads: 7}}, got); diff != "" {
			t.Error(diff)
		}
		for _, id := range []string{"4711", "none"} {
			if _, err := s.Holder(id).ReadsSince(t.Context(), yesterday); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("of account %s: %v", id, err)
			}
		}
	})
}
