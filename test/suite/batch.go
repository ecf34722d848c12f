package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// module is the prefix of every package.
const module = "github.com/account-operator/account-operator/"

type entry struct {
	path  string
	limit time.Duration
	parts int // 0: one
}

// long are the packages that take longer than usual, the longest first, with the time after which one hangs: several times what it
// takes on two cores that have other things to do as well. The tests of the longest are dealt out to several processes, so that none
// is what the others wait for in the end; so are the packages that are not named.
var long = []entry{
	{"test/e2e", 25 * time.Minute, 2},
	{"test/scenarios", 25 * time.Minute, 3},
	{"internal/store/sqlstore", 30 * time.Minute, 0},
	{"hack/demo", 15 * time.Minute, 0},
	{others, usual, 3},
	{"test/chart", 20 * time.Minute, 0},
	{"config", 15 * time.Minute, 0},
	{"test/adding", 15 * time.Minute, 0},
	{"internal/portal", 15 * time.Minute, 0},
	{"internal/cli", 15 * time.Minute, 0},
	{"internal/mail", 15 * time.Minute, 0},
	{"hack/site", 15 * time.Minute, 0},
	{"test/realnode", 15 * time.Minute, 0},
	{"test/cluster", 10 * time.Minute, 0},
	{"api/v1alpha1", 10 * time.Minute, 0},
	{"internal/probe", 10 * time.Minute, 0},
	{"test/postgres", 10 * time.Minute, 0},
}

// usual is the limit of every other package.
const usual = 8 * time.Minute

// others is the path that stands for all packages that long does not name.
const others = ""

// batch is what one go test runs: a long package, a part of its tests, or some of the short packages.
type batch struct {
	packages []string
	limit    time.Duration
	part     string   // such as " 1/3"; empty if it is the whole
	tests    []string // of the part
}

// name is what the report calls the batch.
func (b batch) name() string {
	switch {
	case b.tests != nil:
		return b.packages[0] + b.part
	case len(b.packages) == 1:
		return b.packages[0]
	}
	return "others" + b.part
}

// batches deals packages out. The names of a package's tests are asked of tests, which is nil where packages stay whole.
func batches(packages []string, tests func(path string) ([]string, error)) (all []batch, err error) {
	for _, l := range long {
		whole := batch{packages: []string{module + l.path}, limit: l.limit}
		switch {
		case l.path == others:
			for i, hand := range deal(slices.DeleteFunc(slices.Clone(packages), isLong), l.parts) {
				all = append(all, batch{packages: hand, limit: l.limit, part: part(i, l.parts)})
			}
		case !slices.Contains(packages, module+l.path):
		case tests == nil || l.parts < 2:
			all = append(all, whole)
		default:
			names, err := tests(l.path)
			if err != nil {
				return nil, err
			}
			for i, hand := range deal(names, l.parts) {
				all = append(all, batch{packages: whole.packages, limit: l.limit, part: part(i, l.parts), tests: hand})
			}
		}
	}
	return all, nil
}

func isLong(path string) bool {
	return slices.ContainsFunc(long, func(l entry) bool { return l.path != others && module+l.path == path })
}

func part(i, n int) string { return fmt.Sprintf(" %d/%d", i+1, n) }

// deal deals names out in turn, since neighbours take about as long as each other; no hand is empty.
func deal(names []string, n int) [][]string {
	hands := make([][]string, min(n, len(names)))
	for i, name := range names {
		hands[i%len(hands)] = append(hands[i%len(hands)], name)
	}
	return hands
}

func (b batch) args(flags []string) []string {
	args := append([]string{"test", "-json", "-p=1", "-timeout=" + b.limit.String()}, flags...)
	if b.tests != nil {
		args = append(args, "-run=^("+strings.Join(b.tests, "|")+")$")
	}
	return append(args, b.packages...)
}

func (b batch) run(ctx context.Context, report *report, flags []string) error {
	cmd := command(ctx, b.args(flags)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	for lines := json.NewDecoder(bufio.NewReader(out)); ; {
		var e event
		if lines.Decode(&e) != nil {
			break // the end, or the error of go itself, which it says on its other output
		}
		if b.tests != nil {
			e.Package += b.part
		}
		report.takes(e)
	}
	err = cmd.Wait()
	report.used(b.name(), cmd.ProcessState)
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) && ctx.Err() == nil {
		report.failed() // it said what
		return nil
	}
	return err
}

// command is go, which is interrupted rather than killed: then it ends what it started.
func command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	return cmd
}

// compile leaves in the build cache what several go test would else compile at the same time. What does not compile is reported by them.
func compile(ctx context.Context, packages, flags []string) {
	var build []string
	for _, f := range flags {
		if f == "-race" || strings.HasPrefix(f, "-gcflags=") {
			build = append(build, f)
		}
	}
	args := append([]string{"list", "-e", "-export", "-test", "-deps", "-f={{print}}"}, build...)
	_ = command(ctx, append(args, packages...)...).Run()
}

// servers are packages that start something which takes seconds, or that not every machine has; so does what builds a tool.
var servers = []string{"test/adding", "test/browser", "test/cluster", "test/manager", "test/mutation", "test/postgres", "test/realnode", "test/s3"}

// list are the packages that have tests; if it has to be fast, those whose tests start no server.
func list(ctx context.Context, fast bool, patterns []string) (packages []string, err error) {
	cmd := command(ctx, append([]string{"list", "-test", "-f={{.ImportPath}} {{join .Deps \" \"}}"}, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		path, isTest := strings.CutSuffix(words[0], ".test")
		if isTest && (!fast || !slow(path, words[1:])) {
			packages = append(packages, path)
		}
	}
	return packages, nil
}

func slow(path string, needs []string) bool {
	return slices.ContainsFunc(servers, func(s string) bool {
		return path == module+s || slices.Contains(needs, module+s)
	})
}
