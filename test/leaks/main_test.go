package leaks_test

import (
	"testing"

	"github.com/account-operator/account-operator/test/leaks"
)

// Of two servers the outer one started inside the tests and was still running when the inner call looked: each package with both
// failed after its tests.
func TestMain_CallsInsideEachOther_OnlyTheOutermostLooks(t *testing.T) {
	// given a server of the outer call that starts with its first use and ends after the inner call
	end := make(chan struct{})
	code := leaks.Main(func() int {
		inner := leaks.Main(func() int {
			go func() { <-end }() //unbounded: it is the leak
			return 0
		})
		close(end)
		return inner
	})

	// then it is no leak
	if code != 0 {
		t.Errorf("the run ended with %d", code)
	}
}

func TestMain_GoroutineLeftOver_FailsTheRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits as long as a leak is waited for")
	}
	end := make(chan struct{})
	defer close(end)
	code := leaks.Main(func() int {
		go func() { <-end }() //unbounded: it is the leak
		return 0
	})
	if code == 0 {
		t.Error("a goroutine was left over, and the run passed")
	}
}
