// Package causes holds all that conditions say to tables from a cause to its words: whoever reads a condition finds the cause, what it
// is about and the next step, and never another cause's words.
package causes

import (
	"slices"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/test/words"
)

// Cause is something that happens, and exactly what a condition says of it.
type Cause struct {
	Given  string
	Found  outcome.Verdict
	Reason v1alpha1.Reason
	Says   string
}

// Of makes one.
func Of(given string, found outcome.Verdict, reason v1alpha1.Reason, says string) Cause {
	return Cause{given, found, reason, says}
}

// messagesOf is where a condition's messages stand in the code.
var messagesOf = []words.Place{
	{Call: "StalledBy", At: 1}, {Call: "WaitingFor", At: 1}, {Call: "PartBy", At: 3}, {Call: "GoesOn", At: 1},
	{Call: "ConcludeReleased", At: 1},
	{Literal: "Verdict", Field: "Message"},
	{Returns: "AsItStands"}, {Returns: "apiMessage"}, {Returns: "performed"}, {Returns: "blockedMessage"}, {Returns: "teamsHint"},
}

// Check is the test of a package that has messages of conditions: each cause has its reason and its words, and each message and each
// reason of the package's code is in the table. elsewhere are reasons that the code only compares with.
func Check(t *testing.T, table []Cause, elsewhere ...v1alpha1.Reason) {
	t.Helper()
	reasons, said := slices.Clone(elsewhere), []string(nil)
	for _, c := range table {
		t.Run(c.Given, func(t *testing.T) {
			if c.Found.Reason != c.Reason || c.Found.Message != c.Says {
				t.Errorf("it is %s: %s\nwant  %s: %s", c.Found.Reason, c.Found.Message, c.Reason, c.Says)
			}
		})
		reasons, said = append(reasons, c.Reason), append(said, c.Found.Message)
	}

	all, err := words.Of(".", messagesOf...)
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range words.Unsaid(all, said) {
		t.Errorf("no cause in the table brings this about: %s", missing)
	}
	raised, err := words.Selected(".", "v1alpha1", "Reason")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range raised {
		if !slices.Contains(reasons, v1alpha1.Reason(strings.TrimPrefix(name, "Reason"))) && name != "Reason" {
			t.Errorf("no cause in the table has %s", name)
		}
	}
}
