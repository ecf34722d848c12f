package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// event is a line of `go test -json`.
type event struct {
	Time         time.Time
	Action, Test string
	Key, Value   string // of an attribute
	Output       string
}

// outcome is a case that ran.
type outcome struct {
	fault.Outcome
	test string // the whole name, with its subtests
}

// report is what a run of a package reported.
type report struct {
	outcomes []outcome
	seconds  map[string]float64   // of each test, with its parallel subtests
	began    map[string]time.Time // each test
	failed   map[string]bool      // tests; "" when something else of the package failed
}

// parallel is how many cases run at once: most of their time they wait.
const parallel = 8

// goTest runs the tests of a package that match, and reports their progress.
func goTest(ctx context.Context, pkg, match string, short bool) (report, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-json", "-count=1", "-timeout=3h", fmt.Sprintf("-parallel=%d", parallel), "-run="+match, pkg)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if !short {
		cmd.Env = append(cmd.Env, long.Variable+"=1")
	}
	// The go command waits for the tests, which hear of the end only as its group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return report{}, err
	}
	if err := cmd.Start(); err != nil {
		return report{}, fmt.Errorf("running the tests of %s: %w", pkg, err)
	}
	r, err := read(out, pkg)
	ended := cmd.Wait()
	if err == nil && ended != nil && len(r.failed) == 0 {
		err = ended
	}
	return r, err
}

// read takes in what `go test -json` says. What failing tests said is passed on.
func read(out io.Reader, pkg string) (report, error) {
	r := report{seconds: map[string]float64{}, began: map[string]time.Time{}, failed: map[string]bool{}}
	said := map[string]*strings.Builder{}
	reported := time.Now()
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return r, nil
		}
		if err != nil {
			return r, fmt.Errorf("reading what the tests of %s say: %w", pkg, err)
		}
		var e event
		if json.Unmarshal(line, &e) != nil {
			fmt.Print(string(line)) // of the build, which is not JSON everywhere
			continue
		}
		if err := r.take(e, said); err != nil {
			return r, err
		}
		if time.Since(reported) > 15*time.Second {
			reported = time.Now()
			say("%s: %d cases so far", pkg, len(r.outcomes))
		}
	}
}

func (r *report) take(e event, said map[string]*strings.Builder) error {
	if said[e.Test] == nil {
		said[e.Test] = &strings.Builder{}
	}
	switch e.Action {
	case "run", "cont":
		r.began[e.Test] = e.Time
	case "output", "build-output":
		said[e.Test].WriteString(e.Output)
	case "attr":
		if e.Key != fault.Attribute {
			return nil
		}
		o := outcome{test: e.Test}
		if err := json.Unmarshal([]byte(e.Value), &o.Outcome); err != nil {
			return fmt.Errorf("what %s told of its case: %w", e.Test, err)
		}
		r.outcomes = append(r.outcomes, o)
	case "pass", "skip":
		r.ended(e)
		delete(said, e.Test)
	case "fail", "build-fail":
		fmt.Print(said[e.Test].String())
		r.failed[e.Test] = true
		r.ended(e)
	}
	return nil
}

func (r *report) ended(e event) { r.seconds[e.Test] = e.Time.Sub(r.began[e.Test]).Seconds() }
