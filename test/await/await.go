// Package await gives every wait of a test an end. A test that waits for ever is seen only when its package's time is over, and then takes
// the others with it. A test of this package finds waits that go around it.
package await

import (
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/account-operator/account-operator/test/long"
)

// patience is longer than anything takes on a busy machine, and shorter than the time of a package.
var patience = long.Choose(5*time.Minute, time.Hour)

// Value receives from a channel. Where nothing comes the test fails, and goes on with a zero value. Any goroutine may call it.
func Value[T any](t testing.TB, from <-chan T) (value T) {
	t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case value = <-from:
	case <-timer.C:
		gaveUp(t)
	}
	return value
}

// End waits until end returns, as that of a sync.WaitGroup.
func End(t testing.TB, end func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		end()
	}()
	Value(t, ended)
}

// Result waits for what wait returns, as that of a command or an errgroup.
func Result(t testing.TB, wait func() error) error {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- wait() }()
	return Value(t, result)
}

func gaveUp(t testing.TB) {
	t.Helper()
	var running strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&running, 1) // a builder takes all
	t.Errorf("what is waited for did not come within %s; what goes on:\n%s", patience, &running)
}

// Pauses are those between two looks at what is awaited: short at first, so that nothing quick is waited for long, then longer. Tests that
// looked two hundred times a second took more of the machine than what they waited for.
func Pauses() *wait.Backoff {
	return &wait.Backoff{Duration: 5 * time.Millisecond, Factor: 1.3, Steps: 20, Cap: 60 * time.Millisecond}
}
