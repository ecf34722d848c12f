package main

import (
	"os"
	"regexp"
	"slices"
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
	if want := []string{module + "test/scenarios", module + "config", module + "a", module + "b"}; !slices.Equal(all, want) || err != nil {
		t.Errorf("order: %v, %v", all, err)
	}
	if len(dealt) != 3 || dealt[0].limit != 25*time.Minute || dealt[2].limit != usual {
		t.Errorf("%+v", dealt)
	}
}

// Given a package that is tested in parts, when it is dealt out, then each of its tests is in one of them.
func TestBatches_LongestInParts_EachTestOnce(t *testing.T) {
	here := func(path string) ([]string, error) { return testsOf("../../" + path) }
	for _, l := range long {
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
		if l.limit <= usual {
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

// told is what a report prints of these events.
func told(t *testing.T, verbose bool, events ...event) (text string, err error) {
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

func TestReport_PackageFails_ShowsItsFailedTestsAndThoseThatNeverEnded(t *testing.T) {
	text, err := told(t, false, append(slices.Clone(passes), fails...)...)
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
	text, err := told(t, false, append(slices.Clone(passes), event{Action: "output", Output: "PASS\n"}, event{Action: "output", Output: "ok  \tp\t3s\n"},
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
	if text, _ := told(t, true, passes...); !strings.Contains(text, "noise of TestFine") {
		t.Error(text)
	}
}

func TestReport_DoesNotCompile_ShowsWhy(t *testing.T) {
	text, err := told(t, false, event{Action: "build-output", Output: "x.go:1: undefined\n"}, event{Action: "fail"})
	if err == nil || !strings.Contains(text, "x.go:1: undefined") {
		t.Errorf("%v\n%s", err, text)
	}
}
