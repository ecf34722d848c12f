package logs_test

import (
	"strings"
	"testing"

	"github.com/go-logr/logr/funcr"

	"github.com/account-operator/account-operator/internal/logs"
)

func TestBounded_AnyVerbosity_WritesNoBodies(t *testing.T) {
	var lines []string
	everything := funcr.New(func(_, args string) { lines = append(lines, args) }, funcr.Options{Verbosity: 100})

	l := logs.Bounded(everything).WithName("client").WithValues("a", 1).WithCallDepth(1)
	l.V(8).Info("Response Body", "body", "secret")
	l.V(5).Info("kept")

	if got := strings.Join(lines, "\n"); strings.Contains(got, "secret") || !strings.Contains(got, "kept") {
		t.Errorf("written: %s", got)
	}
	if l.V(6).Enabled() {
		t.Error("level 6 is enabled")
	}
}
