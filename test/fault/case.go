// Package fault is the frame of the fault suite: what a case is, and which tests have how many for each goal. A test that
// carries cases begins each with Begin. In `make test` that makes void cases fail; `make fault` counts them as well.
package fault

import (
	"encoding/json"
	"sync/atomic"
	"testing"
)

// Attribute is the key under which a case's outcome stands in the output of `go test -json`.
const Attribute = "fault"

// Case is one fault as data. Its name is that of the test that runs it, by which it can be run alone:
// make fault CASE=G1/TestName/subtest.
type Case struct {
	// Goal is the ID of a row of Goals.
	Goal string `json:"goal"`
	// Workload, Trigger and Action say what was going on, at what the fault struck, and what it did.
	Workload string `json:"workload,omitempty"`
	Trigger  string `json:"trigger,omitempty"`
	Action   string `json:"action,omitempty"`
	// Dialect of the store; empty where it makes no difference.
	Dialect string `json:"dialect,omitempty"`
	// Seed of what was chosen by chance.
	Seed uint64 `json:"seed,omitempty"`
}

// Outcome is what became of a case.
type Outcome struct {
	Case
	Fired  int64 `json:"fired"`
	Failed bool  `json:"failed,omitempty"`
}

// Begin says that t is this case. The caller adds to the counter each time the fault strikes. A case that ends well without
// a strike is void, and fails.
func Begin(t testing.TB, c Case) *atomic.Int64 {
	t.Helper()
	fired := &atomic.Int64{}
	t.Cleanup(func() {
		if t.Skipped() {
			return
		}
		if fired.Load() == 0 && !t.Failed() {
			t.Error("void: the fault of this case did not strike")
		}
		// A struct of strings and numbers is always JSON, and JSON is one line.
		said, _ := json.Marshal(Outcome{c, fired.Load(), t.Failed()})
		t.Attr(Attribute, string(said))
	})
	return fired
}
