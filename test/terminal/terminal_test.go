//go:build linux

package terminal

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun_ProgramEnds_ReturnsWhatItShowed(t *testing.T) {
	for range 20 {
		if shown, err := Run(exec.CommandContext(t.Context(), "echo", "hello")); err != nil || shown != "hello\r\n" {
			t.Fatalf("%q, %v", shown, err)
		}
	}
}

// Given a program that leaves another on its terminal, when its time is over, then that is reported with what was shown.
func TestRun_AnotherProgramKeepsTheTerminal_EndsAtItsLimit(t *testing.T) {
	shown, err := run(exec.CommandContext(t.Context(), "sh", "-c", "echo hello; sleep 20 & exit"), 200*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "timeout") || !strings.Contains(shown, "hello") {
		t.Errorf("%q, %v", shown, err)
	}
}

func TestRun_ProgramGoesOn_IsKilledAtItsLimit(t *testing.T) {
	_, err := run(exec.CommandContext(t.Context(), "sleep", "1000"), 200*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("%v", err)
	}
}
