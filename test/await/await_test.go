package await

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// witness notes a failure in place of failing.
type witness struct {
	testing.TB
	said string
}

func (w *witness) Helper() {}

func (w *witness) Errorf(format string, _ ...any) { w.said = format }

func TestAwait_ConditionHolds_Ends(t *testing.T) {
	came := make(chan int, 1)
	came <- 7
	if got := Value(t, came); got != 7 {
		t.Errorf("got %d", got)
	}
	End(t, func() {})
	failed := errors.New("failed")
	if err := Result(t, func() error { return failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
}

func TestAwait_ConditionNeverHolds_FailsTheTest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, began := &witness{}, time.Now()
		never := make(chan int)

		got := Value(w, never)

		if got != 0 || time.Since(began) != patience || !strings.Contains(w.said, "did not come") {
			t.Errorf("after %s it says %q", time.Since(began), w.said)
		}
	})
}
