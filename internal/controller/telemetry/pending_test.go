package telemetry

import (
	"os"
	"strings"
	"testing"
)

// Of the reasons in metrics all are explained with the object's conditions, but for the one that only metrics have.
func TestTheReasonThatOnlyMetricsHave_IsExplainedWhereReasonsAreLookedUp(t *testing.T) {
	for _, page := range []string{"metrics.md", "troubleshooting.md"} {
		text, err := os.ReadFile("../../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "`"+notSeenYet+"`") {
			t.Errorf("docs/%s does not say what %s is", page, notSeenYet)
		}
	}
}
