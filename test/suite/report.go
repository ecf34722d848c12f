package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // seconds
}

// report says what go test would: of a package that passes one line, of one that fails what its failed tests printed.
type report struct {
	out     io.Writer
	verbose bool

	mu             sync.Mutex
	expected, done int
	printed        map[key]*strings.Builder
	running        map[string]string // the test that began last, by package
	took, cpu      []span
	bad            bool
}

type key struct{ pkg, test string }

// span is how long a test, or with no name a package, took.
type span struct {
	key
	seconds float64
}

// used is given what a batch took of the processors, with all that it linked and started, if that was stopped in order.
func (r *report) used(batch string, s *os.ProcessState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cpu = append(r.cpu, span{key{pkg: batch}, (s.UserTime() + s.SystemTime()).Seconds()})
}

func newReport(out io.Writer, verbose bool) *report {
	return &report{out: out, verbose: verbose, printed: map[key]*strings.Builder{}, running: map[string]string{}}
}

func (r *report) expects(all []batch) {
	for _, b := range all {
		r.expected += len(b.packages)
	}
}

func (r *report) line(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = fmt.Fprintf(r.out, format+"\n", args...)
}

func (r *report) failed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bad = true
}

// takes is given what happens.
func (r *report) takes(e event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	of := key{e.Package, e.Test}
	switch e.Action {
	case "start", "run":
		r.running[e.Package] = e.Test
	case "build-output":
		r.say(e.Output)
	case "output":
		r.keep(of, e.Output)
	case "pass", "skip", "fail":
		if r.took = append(r.took, span{of, e.Elapsed}); e.Test == "" {
			r.ends(e)
		} else if e.Action != "fail" {
			delete(r.printed, of)
		}
	}
}

func (r *report) keep(of key, output string) {
	if r.verbose {
		r.say(output)
		return
	}
	if r.printed[of] == nil {
		r.printed[of] = &strings.Builder{}
	}
	r.printed[of].WriteString(output)
}

func (r *report) say(text string) { _, _ = io.WriteString(r.out, text) }

// ends prints what is left of a package: of its tests, those that failed or never ended.
func (r *report) ends(e event) {
	r.done++
	delete(r.running, e.Package)
	r.bad = r.bad || e.Action == "fail"
	var left []key
	for of := range r.printed {
		if of.pkg == e.Package && of.test != "" {
			left = append(left, of)
		}
	}
	slices.SortFunc(left, func(a, b key) int { return strings.Compare(a.test, b.test) })
	for _, of := range left {
		if e.Action == "fail" {
			r.say(r.printed[of].String())
		}
		delete(r.printed, of)
	}
	own := key{pkg: e.Package}
	if r.printed[own] != nil {
		r.say(strings.TrimPrefix(r.printed[own].String(), "PASS\n"))
		delete(r.printed, own)
	}
	_, _ = fmt.Fprintf(r.out, "suite: %d of %d done\n", r.done, r.expected)
}

// sum says what took longest, and whether all passed.
func (r *report) sum(begun time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.expected > 1 {
		_, _ = fmt.Fprintf(r.out, "\nsuite: %d packages and parts in %s; what took longest, in seconds:\n", r.done, since(begun))
		r.longest(r.took, func(s span) bool { return s.test == "" })
		r.longest(r.took, func(s span) bool { return s.test != "" && !strings.Contains(s.test, "/") })
		_, _ = fmt.Fprintf(r.out, "suite: %.0f seconds of processors; what took most:\n", total(r.cpu))
		r.longest(r.cpu, func(span) bool { return true })
	}
	if r.bad {
		return errors.New("there are failures")
	}
	return nil
}

func total(spans []span) (seconds float64) {
	for _, s := range spans {
		seconds += s.seconds
	}
	return seconds
}

func (r *report) longest(all []span, of func(span) bool) {
	spans := slices.DeleteFunc(slices.Clone(all), func(s span) bool { return !of(s) })
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(b.seconds, a.seconds) })
	for _, s := range spans[:min(10, len(spans))] {
		_, _ = fmt.Fprintf(r.out, "%7.1f  %s %s\n", s.seconds, strings.TrimPrefix(s.pkg, module), s.test)
	}
}

// still says now and then what runs, so that nobody takes a long package for one that hangs.
func (r *report) still(begun time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var now []string
	for pkg, test := range r.running {
		now = append(now, strings.TrimPrefix(pkg, module)+" "+test)
	}
	slices.Sort(now)
	_, _ = fmt.Fprintf(r.out, "suite: after %s: %s\n", since(begun), strings.Join(now, ", "))
}
