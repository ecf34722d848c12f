package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/account-operator/account-operator/test/fault"
)

// row is a goal's sum.
type row struct {
	passed, want int
	fired        int64
}

func (r results) sum(g fault.Goal, short bool) row {
	s := row{}
	for _, t := range g.Tests {
		want := t.Long
		if short {
			want = t.Short
		}
		if got := r[key(g, t)]; got != nil {
			want = max(want, got.cases())
			s.passed += got.Passed
			s.fired += got.Fired
		}
		s.want += want
	}
	return s
}

// table is for the terminal. It is complete when every case that a test has went well.
func (r results) table(goals []fault.Goal, short bool) (text string, complete bool) {
	b := &strings.Builder{}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "goal\tpassed\tfired\t")
	complete = true
	for _, g := range goals {
		s := r.sum(g, short)
		open := ""
		if g.Open > 0 && !short {
			open = fmt.Sprintf("%d more are not built", g.Open)
		}
		fmt.Fprintf(w, "%s\t%d of %d\t%d\t%s\n", g.ID, s.passed, s.want, s.fired, open)
		complete = complete && s.passed == s.want && !r.anyFailed(g)
	}
	_ = w.Flush() // into memory
	for _, g := range goals {
		for _, t := range g.Tests {
			if got := r[key(g, t)]; got != nil {
				for _, name := range got.Failed {
					fmt.Fprintf(b, "failed: make fault CASE='%s/%s'\n", g.ID, name)
				}
			}
		}
	}
	return b.String(), complete
}

func (r results) anyFailed(g fault.Goal) bool {
	for _, t := range g.Tests {
		if got := r[key(g, t)]; got != nil && len(got.Failed) > 0 {
			return true
		}
	}
	return false
}

const introduction = `# Reliability

Written by ` + "`make fault`" + `, do not edit. Each goal is a line that has to hold, proved by cases that are counted. A case is a fault
at a chosen point: it says how often it struck, and fails where it never did. What is not built stands there as missing.

%s

Run all with ` + "`make fault`" + `, some with ` + "`make fault GOALS=G2,G3`" + `, and one case by its name, as in
` + "`make fault CASE=G2/TestUnobserved_ManagerHangs_EndsAsIfSeen/a_key_goes_and_comes_back`" + `. ` + "`make test`" + ` takes the short form of each test.

| goal | passed | struck | what has to hold |
| --- | --- | --- | --- |
`

// page is docs/reliability.md.
func (r results) page() string {
	b := &strings.Builder{}
	fmt.Fprintf(b, introduction, "All of it took "+r.takes(fault.Goals).String()+" when each test ran last.")
	for _, g := range fault.Goals {
		s := r.sum(g, false)
		counted := "not counted here"
		if s.want+g.Open > 0 {
			counted = fmt.Sprintf("%d of %d", s.passed, s.want+g.Open)
		}
		fmt.Fprintf(b, "| %s | %s | %d | %s |\n", g.ID, counted, s.fired, g.Line)
	}
	fmt.Fprint(b, "\n## Tests\nCases in `make test`, and in `make fault`; the commit is that of the last run.\n\n"+
		"| goal | test | in `make test` | in `make fault` | passed | struck | seconds | commit |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, g := range fault.Goals {
		for _, t := range g.Tests {
			b.WriteString(r.line(g, t))
		}
	}
	fmt.Fprint(b, "\n## Notes\n")
	for _, g := range fault.Goals {
		if g.Note != "" {
			fmt.Fprintf(b, "- **%s**: %s\n", g.ID, g.Note)
		}
	}
	return b.String()
}

func (r results) line(g fault.Goal, t fault.Test) string {
	start := fmt.Sprintf("| %s | %s `%s` | %d | %d |", g.ID, t.Package, t.Name, t.Short, t.Long)
	got := r[key(g, t)]
	if got == nil {
		return start + " did not run yet | | | |\n"
	}
	line := fmt.Sprintf("%s %d | %d | %.0f | %s, %s |\n", start, got.Passed, got.Fired, got.Seconds, got.Commit, got.Date)
	for _, name := range got.Failed {
		line += fmt.Sprintf("| | **failed**: %s | | | | | | |\n", name)
	}
	return line
}
