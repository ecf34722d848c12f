package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Given packages, when they are dealt out, then each is tested once, the long ones alone and first, each with its own limit.
func TestBatches_LongOnesFirstAndAlone_NoneLost(t *testing.T) {
	packages := []string{module + "a", module + "config", module + "b", module + "test/scenarios"}
	dealt, err := batches(packages, nil)

	var all []string
	for _, b := range dealt {
		all = append(all, b.packages...)
	}
	slices.Sort(all)
	if want := slices.Sorted(slices.Values(packages)); !slices.Equal(all, want) || err != nil {
		t.Errorf("dealt out: %v, %v", all, err)
	}
	if first := dealt[0]; first.name() != module+"test/scenarios" || first.limit != 25*time.Minute || len(first.packages) > 1 {
		t.Errorf("%+v", dealt)
	}
}

// Given many short packages, when they are dealt out, then each is tested once, in several batches that run side by side.
func TestBatches_ShortOnes_SideBySide(t *testing.T) {
	var packages, all []string
	for i := range 20 {
		packages = append(packages, fmt.Sprint(module, "short", i))
	}
	dealt, err := batches(packages, nil)
	for _, b := range dealt {
		all = append(all, b.packages...)
		if len(b.packages) > 7 || b.limit != usual || b.name() != "others"+b.part {
			t.Errorf("%+v", b)
		}
	}
	slices.Sort(all)
	if slices.Sort(packages); !slices.Equal(all, packages) || err != nil {
		t.Errorf("dealt out: %v, %v", all, err)
	}
}

// Given a package that is tested in parts, when it is dealt out, then each of its tests is in one of them.
func TestBatches_LongestInParts_EachTestOnce(t *testing.T) {
	here := func(path string) ([]string, error) { return testsOf("../../" + path) }
	for _, l := range long {
		if l.path == others {
			continue
		}
		dealt, err := batches([]string{module + l.path}, here)
		if err != nil || len(dealt) != max(l.parts, 1) {
			t.Fatalf("%s: %d, %v", l.path, len(dealt), err)
		}
		if l.parts > 1 {
			eachOnce(t, l.path, dealt)
		}
	}
}

func eachOnce(t *testing.T, path string, dealt []batch) {
	t.Helper()
	names, err := testsOf("../../" + path)
	if err != nil || len(names) < 20 {
		t.Fatalf("%s has %d tests, %v", path, len(names), err)
	}
	run := map[string]int{}
	for _, b := range dealt {
		i := slices.IndexFunc(b.args(nil), func(arg string) bool { return strings.HasPrefix(arg, "-run=") })
		chosen := regexp.MustCompile(strings.TrimPrefix(b.args(nil)[i], "-run="))
		for _, name := range names {
			if chosen.MatchString(name) {
				run[name]++
			}
		}
	}
	for _, name := range names {
		if run[name] != 1 {
			t.Errorf("%s of %s is run by %d parts", name, path, run[name])
		}
	}
}

// Given flags that choose tests themselves, then no package is tested in parts.
func TestChoose_FlagsOfGoTest(t *testing.T) {
	if !choose([]string{"-race", "-run", "TestX"}) || !choose([]string{"--skip=TestX"}) || choose([]string{"-race", "-v", "-count=1"}) {
		t.Error("flags are misread")
	}
}

func TestLong_EveryPackage_IsThere(t *testing.T) {
	for _, l := range long {
		if _, err := os.Stat("../../" + l.path); err != nil {
			t.Error(err)
		}
		if l.path != others && l.limit <= usual {
			t.Errorf("%s has a limit of %s, and every package has %s", l.path, l.limit, usual)
		}
	}
	for _, s := range servers {
		if _, err := os.Stat("../../" + s); err != nil {
			t.Error(err)
		}
	}
}

func TestSlow_ItsTestsStartAServer(t *testing.T) {
	if !slow(module+"internal/cli", []string{"fmt", module + "test/cluster"}) || !slow(module+"test/postgres", nil) {
		t.Error("a package that starts a server is taken for fast")
	}
	if slow(module+"internal/seal", []string{"fmt", module + "test/cluster/process"}) {
		t.Error("a package that starts none is taken for slow")
	}
}

func TestSplit_FlagsOfGoTest_AfterTheDashes(t *testing.T) {
	packages, flags := split([]string{"./a", "./b", "--", "-race", "-v"})
	if !slices.Equal(packages, []string{"./a", "./b"}) || !slices.Equal(flags, []string{"-race", "-v"}) || !verbose(flags) {
		t.Errorf("%v, %v", packages, flags)
	}
}

// said is what a report prints of these events.
func said(t *testing.T, verbose bool, events ...event) (text string, err error) {
	t.Helper()
	var out strings.Builder
	r := newReport(&out, verbose)
	r.expects([]batch{{packages: []string{"p", "q"}}})
	for _, e := range events {
		e.Package = module + "p"
		r.takes(e)
	}
	err = r.sum(time.Now())
	return out.String(), err
}

var (
	passes = []event{
		{Action: "output", Test: "TestFine", Output: "noise of TestFine\n"}, {Action: "pass", Test: "TestFine", Elapsed: 3},
	}
	fails = []event{
		{Action: "output", Test: "TestBad", Output: "why TestBad failed\n"}, {Action: "fail", Test: "TestBad", Elapsed: 1},
		{Action: "output", Test: "TestHung", Output: "what TestHung did last\n"},
		{Action: "output", Output: "FAIL\tp\n"}, {Action: "fail", Elapsed: 4},
	}
)

// Given batches that ended, then the sum says what they took of the processors.
func TestReport_Sum_SaysWhatTheProcessorsDid(t *testing.T) {
	busy := exec.CommandContext(t.Context(), "/bin/sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done")
	if err := busy.Run(); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	r := newReport(&out, false)
	r.expects([]batch{{packages: []string{"p", "q"}}})
	r.used("others 1/2", busy.ProcessState)
	r.used("others 2/2", busy.ProcessState)
	if err := r.sum(time.Now()); err != nil {
		t.Fatal(err)
	}
	of := func(pattern string) (seconds float64) {
		if found := regexp.MustCompile(pattern).FindStringSubmatch(out.String()); found != nil {
			seconds, _ = strconv.ParseFloat(found[1], 64)
		}
		return seconds
	}
	if each := of(`([0-9.]+)  others 1/2`); each <= 0 || math.Abs(of(`suite: ([0-9]+) seconds of processors`)-2*each) > 1 {
		t.Errorf("the sum is:\n%s", out.String())
	}
}

func TestReport_PackageFails_ShowsItsFailedTestsAndThoseThatNeverEnded(t *testing.T) {
	text, err := said(t, false, append(slices.Clone(passes), fails...)...)
	for _, want := range []string{"why TestBad failed", "what TestHung did last", "FAIL\tp", "1 of 2 done", "3.0  p TestFine", "4.0  p"} {
		if !strings.Contains(text, want) {
			t.Errorf("without %q:\n%s", want, text)
		}
	}
	if err == nil || strings.Contains(text, "noise") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestReport_PackagePasses_OneLine(t *testing.T) {
	text, err := said(t, false, append(slices.Clone(passes), event{Action: "output", Output: "PASS\n"}, event{Action: "output", Output: "ok  \tp\t3s\n"},
		event{Action: "pass", Elapsed: 3})...)
	if err != nil || !strings.HasPrefix(text, "ok  \tp\t3s\n") || strings.Contains(text, "noise") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestReport_PackageGoesOn_SaysWhichTest(t *testing.T) {
	var out strings.Builder
	r := newReport(&out, false)
	for _, e := range []event{{Action: "start"}, {Action: "run", Test: "TestSlow"}} {
		e.Package = module + "p"
		r.takes(e)
	}
	r.still(time.Now())
	if !strings.Contains(out.String(), "p TestSlow") {
		t.Error(out.String())
	}
}

func TestReport_Verbose_EverythingAtOnce(t *testing.T) {
	if text, _ := said(t, true, passes...); !strings.Contains(text, "noise of TestFine") {
		t.Error(text)
	}
}

func TestReport_DoesNotCompile_ShowsWhy(t *testing.T) {
	text, err := said(t, false, event{Action: "build-output", Output: "x.go:1: undefined\n"}, event{Action: "fail"})
	if err == nil || !strings.Contains(text, "x.go:1: undefined") {
		t.Errorf("%v\n%s", err, text)
	}
}
