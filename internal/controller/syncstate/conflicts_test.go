package syncstate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConflict_Persists_IsRetriedEverLessOften(t *testing.T) {
	c := New()
	var got []time.Duration
	for range 8 {
		got = append(got, c.Conflict("lagging"))
	}
	const ms = time.Millisecond
	want := []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 3200 * ms, 3200 * ms}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if pause := c.Conflict("another"); pause != ConflictPause {
		t.Errorf("another object waits %v", pause)
	}
	c.NoConflict("lagging")
	if pause := c.Conflict("lagging"); pause != ConflictPause {
		t.Errorf("after it was over, the next one waits %v", pause)
	}
}
