package timing

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestJittered_ManyTimes_SpreadsAQuarterToEitherSide(t *testing.T) {
	const d = 40 * time.Second
	least, most := d, d
	for range 10_000 {
		got := Jittered(d)
		least, most = min(least, got), max(most, got)
	}
	if least < 30*time.Second || least > 31*time.Second || most < 49*time.Second || most > 50*time.Second {
		t.Errorf("from %s to %s; wanted 30 s to 50 s", least, most)
	}
}

func TestPause_WithoutAnEnd_TakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		Pause(t.Context(), time.Hour)
		if took := time.Since(began); took != time.Hour {
			t.Errorf("it took %s", took)
		}
	})
}

func TestPause_ContextEnds_EndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		Pause(ctx, time.Hour)
		if took := time.Since(began); took != time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
