package manager_test

import (
	"context"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/manager"
)

// Given a program that leaves another behind, which has its output open, when its time is over, then Run ends.
func TestRun_AnotherProgramKeepsTheOutput_Ends(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := manager.Binary{Path: "/bin/sh"}.Run(ctx, nil, "-c", "sleep 60 & sleep 60")
	if err == nil || time.Since(begun) > 50*time.Second {
		t.Errorf("after %s: %v", time.Since(begun), err)
	}
}
