package controller

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/words"
)

// cause is something that happens, and exactly what a condition says of it.
type cause struct {
	given  string
	found  verdict
	reason v1alpha1.Reason
	says   string
}

// messagesOf is where a condition's messages stand in the code.
var messagesOf = []words.Place{
	{Call: "stalledBy", At: 1}, {Call: "waitingFor", At: 1}, {Call: "concludeReleased", At: 1},
	{Literal: "verdict", Field: "message"},
	{Returns: "asItStands"}, {Returns: "apiMessage"}, {Returns: "performed"}, {Returns: "blockedMessage"}, {Returns: "teamsHint"},
}

// One table of all that conditions say: whoever reads one finds the cause, what it is about and the next step, and never another cause's
// words. What the sources of values and the providers say stands in tables of their packages.
func TestCondition_EachCause_HasItsOwnWords(t *testing.T) {
	var reasons []v1alpha1.Reason
	var said []string
	for _, c := range slices.Concat(commonCauses(), accountCauses(), mailCauses(), actionCauses(), childCauses()) {
		t.Run(c.given, func(t *testing.T) {
			if c.found.reason != c.reason || c.found.message != c.says {
				t.Errorf("it is %s: %s\nwant  %s: %s", c.found.reason, c.found.message, c.reason, c.says)
			}
		})
		reasons, said = append(reasons, c.reason), append(said, c.found.message)
	}

	all, err := words.Of(".", messagesOf...)
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range words.Unsaid(all, said) {
		t.Errorf("no cause in the table brings this about: %s", missing)
	}
	eachIsRaised(t, reasons)
}

// eachIsRaised complains of each reason of this package that no cause in the table has.
func eachIsRaised(t *testing.T, reasons []v1alpha1.Reason) {
	t.Helper()
	raised, err := words.Selected(".", "v1alpha1", "Reason")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range raised {
		if !slices.Contains(reasons, v1alpha1.Reason(strings.TrimPrefix(name, "Reason"))) && !fromSources[name] && name != "Reason" {
			t.Errorf("no cause in the table has %s", name)
		}
	}
}

// fromSources are reasons that only the package source gives, and this one knows.
var fromSources = map[string]bool{"ReasonSourceMissing": true}

// The list of reasons has none that no code gives: each is this package's, that of sources, or a provider's answer.
func TestReasons_Each_IsGivenBySomeCode(t *testing.T) {
	given := names(t, "../probe/verdict.go", `(?m)^\s(\w+) +Outcome = "`)
	for _, folder := range []string{".", "../source"} {
		selected, err := words.Selected(folder, "v1alpha1", "Reason")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range selected {
			given = append(given, strings.TrimPrefix(name, "Reason"))
		}
	}
	for _, reason := range names(t, "../../api/v1alpha1/conditions.go", `(?m)^\sReason(\w+) Reason = "`) {
		if !slices.Contains(given, reason) {
			t.Errorf("nothing gives the reason %s", reason)
		}
	}
}

// names are what an expression finds in a file of the code.
func names(t *testing.T, file, expression string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(expression).FindAllStringSubmatch(string(text), -1) {
		all = append(all, found[1])
	}
	if len(all) == 0 {
		t.Fatalf("%s has nothing like %s", file, expression)
	}
	return all
}
