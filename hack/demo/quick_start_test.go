package main

import (
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/manual"
)

// Whoever copies the commands of docs/quick-start.md into the second terminal sees what it says.
func TestQuickStart_Followed_Works(t *testing.T) {
	page := manual.Read(t, "../../docs/quick-start.md", nil)
	page.Block("Start", 0) // which builds what this test was given, and raises it
	shown, end := raise(t, newSite(t))
	follow := func(heading string, n int, sees string) {
		t.Helper()
		if printed := typed(t, exports(shown), "set -e", page.Block(heading, n)); !strings.Contains(printed, sees) {
			t.Errorf("under %q, %q is nowhere in\n%s", heading, sees, printed)
		}
	}

	follow("The first account", 0, "alice@example.com")
	follow("Variables from a Secret", 0, "HF_TOKEN")
	follow("Variables from a Secret", 1, "Synced")
	follow("A bucket", 0, "cloudconnection/data")
	follow("When something is wrong", 0, "SourceMissing: Secret/hugging-face does not exist")
	follow("When something is wrong", 1, "condition met")
	follow("Clean up", 0, `account.account-operator.io "alice" deleted`)

	page.IsCopied()
	if err := end(); err != nil {
		t.Fatalf("%v; shown:\n%s", err, shown)
	}
}
