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

// long are the packages that take longer than usual, the longest first, with the time after which one hangs: several times what it
// takes on two cores that have other things to do as well.
var long = []struct {
	path  string
	limit time.Duration
}{
	{"internal/controller", 25 * time.Minute},
	{"test/e2e", 25 * time.Minute},
	{"test/chart", 20 * time.Minute},
	{"internal/store/sqlstore", 20 * time.Minute},
	{"hack/demo", 15 * time.Minute},
	{"internal/portal", 15 * time.Minute},
	{"config", 15 * time.Minute},
	{"internal/cli", 15 * time.Minute},
	{"internal/mail", 15 * time.Minute},
	{"hack/site", 15 * time.Minute},
	{"test/cluster", 10 * time.Minute},
	{"api/v1alpha1", 10 * time.Minute},
	{"internal/probe", 10 * time.Minute},
	{"test/postgres", 10 * time.Minute},
	{"test/realnode", 10 * time.Minute},
}

// usual is the limit of every other package.
const usual = 8 * time.Minute

// batch is what one go test runs: a long package alone, or all that are short.
type batch struct {
	packages []string
	limit    time.Duration
}

func batches(packages []string) (all []batch) {
	rest := slices.Clone(packages)
	for _, l := range long {
		if i := slices.Index(rest, module+l.path); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			all = append(all, batch{[]string{module + l.path}, l.limit})
		}
	}
	if len(rest) > 0 {
		all = append(all, batch{rest, usual})
	}
	return all
}

func (b batch) run(ctx context.Context, report *report, flags []string) error {
	args := append([]string{"test", "-json", "-p=1", "-timeout=" + b.limit.String()}, flags...)
	cmd := command(ctx, append(args, b.packages...)...)
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
		report.takes(e)
	}
	err = cmd.Wait()
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

// compile leaves in the build cache what several go test would else compile at the same time. What does not compile is told by them.
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
var servers = []string{"test/browser", "test/cluster", "test/manager", "test/mutation", "test/postgres", "test/realnode", "test/s3"}

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
