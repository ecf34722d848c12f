package leaks_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/leaks"
)

func TestLeaks_EndsLate_IsNone(t *testing.T) {
	// given a goroutine that is asked to end and takes two seconds
	late := time.NewTimer(2 * time.Second)
	before := goleak.IgnoreCurrent()
	go func() { <-late.C }()

	// then goleak takes it for a leak, and it is none
	if err := goleak.Find(before); err == nil {
		t.Error("void: goleak waits as long by itself")
	}
	if err := leaks.Find(before); err != nil {
		t.Error(err)
	}
}
