package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var crash = []fault.Goal{{
	ID: "G1", Line: "A crash changes nothing in the end",
	Tests: []fault.Test{{Package: "./internal/x", Name: "TestCrash", Short: 1, Long: 3}},
	Open:  2,
}}

// said is what `go test -json` says of two cases, of which one fails.
const said = `not of a test
{"Time":"2026-01-01T12:00:00Z","Action":"run","Test":"TestCrash"}
{"Action":"attr","Test":"TestCrash/a","Key":"fault","Value":"{\"goal\":\"G1\",\"fired\":4}"}
{"Action":"pass","Test":"TestCrash/a"}
{"Action":"output","Test":"TestCrash/b","Output":"it broke\n"}
{"Action":"attr","Test":"TestCrash/b","Key":"fault","Value":"{\"goal\":\"G1\",\"fired\":1,\"failed\":true}"}
{"Action":"fail","Test":"TestCrash/b"}
{"Time":"2026-01-01T12:00:02.5Z","Action":"fail","Test":"TestCrash"}
{"Action":"fail"}
`

func ran(t *testing.T, output string) results {
	t.Helper()
	reported, err := read(strings.NewReader(output), "./internal/x")
	if err != nil {
		t.Fatal(err)
	}
	r := results{}
	r.add(crash, "./internal/x", reported, "abc")
	for _, one := range r {
		one.Date = ""
	}
	return r
}

func TestCases_Run_AreCounted(t *testing.T) {
	want := results{"G1 ./internal/x TestCrash": {Passed: 1, Failed: []string{"TestCrash/b"}, Fired: 5, Seconds: 2.5, Commit: "abc"}}
	if diff := cmp.Diff(want, ran(t, said)); diff != "" {
		t.Errorf("the results (-want +got):\n%s", diff)
	}
}

func TestRun_EachCaseWentWell_IsComplete(t *testing.T) {
	passes := func(n int) string {
		b := strings.Repeat(`{"Action":"attr","Test":"TestCrash/a","Key":"fault","Value":"{\"goal\":\"G1\",\"fired\":1}"}`+"\n", n)
		return b + `{"Action":"pass","Test":"TestCrash"}` + "\n"
	}
	for name, c := range map[string]struct {
		output, counted string
		short, complete bool
	}{
		"all passed":             {passes(3), "3 of 3", false, true},
		"one failed":             {said, "1 of 3", false, false},
		"one is missing":         {passes(2), "2 of 3", false, false},
		"enough for a short run": {passes(1), "1 of 1", true, true},
		"one more than declared": {passes(4), "4 of 4", false, true},
		"the test did not run":   {"", "0 of 3", false, false},
		"the package broke":      {passes(3)[:3] + "\n" + `{"Action":"fail"}`, "0 of 3", false, false},
		"the test broke outside": {passes(2) + `{"Action":"fail","Test":"TestCrash"}`, "2 of 3", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			text, complete := ran(t, c.output).table(crash, c.short)
			if complete != c.complete || !strings.Contains(text, c.counted) {
				t.Errorf("complete = %v, want %v and %s:\n%s", complete, c.complete, c.counted, text)
			}
		})
	}
}

func TestTable_Incomplete_NamesWhatToRunAgain(t *testing.T) {
	if text, _ := ran(t, said).table(crash, false); !strings.Contains(text, "make fault CASE='G1/TestCrash/b'") {
		t.Errorf("the table is\n%s", text)
	}
}

func TestRun_Later_ReplacesTheOneBefore(t *testing.T) {
	path, goal := t.TempDir()+"/reliability", fault.Goals[1]
	run := func(passed int) {
		t.Helper()
		known, err := load(path)
		if err != nil {
			t.Fatal(err)
		}
		known.take(results{key(goal, goal.Tests[0]): {Passed: passed}, "G1 ./internal/x TestThatIsGone": {Passed: 1}})
		if err := known.write(path); err != nil {
			t.Fatal(err)
		}
	}
	run(3)
	run(2)

	again, err := load(path)
	if diff := cmp.Diff(results{key(goal, goal.Tests[0]): {Passed: 2}}, again); err != nil || diff != "" {
		t.Errorf("what is known after two runs (-want +got):\n%s%v", diff, err)
	}
	if page := again.page(); !strings.Contains(page, "| "+goal.ID+" | 2 of ") {
		t.Errorf("the page is\n%s", page)
	}
}
