package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Given a line that is half written when a mark is made, as on a busy machine, when the log is read from there, then it is read from the
// line's beginning, and the line counts as what its time says.
func TestAudit_MarkInTheMiddleOfALine_IsRead(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.log")
	line := func(name string, at time.Time) string {
		return fmt.Sprintf(`{"verb":"get","userAgent":"test","objectRef":{"name":%q},"requestReceivedTimestamp":%q}`+"\n", name, at.Format(time.RFC3339Nano))
	}
	write := func(text string) {
		t.Helper()
		f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	before := line("before", time.Now().Add(-time.Second))
	write(line("first", time.Now().Add(-time.Minute)) + before[:len(before)/2])

	a := &Audit{log: log}
	mark := a.Mark()
	write(before[len(before)/2:] + line("after", time.Now().Add(time.Second)))

	requests, err := a.Since(mark)
	if err != nil || len(requests) != 1 || requests[0].Name != "after" {
		t.Errorf("got %v, %v", requests, err)
	}
}
