// Command suite runs the tests of packages as `go test` does, the longest first, each package with a limit that fits its length, and
// says at the end what took longest.
//
//	go run ./test/suite [-fast] [-jobs=2] ./... -- -race -run TestName -v
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// garbage is how much of it, in percent of what is in use, programs let pass before they collect it. Where the race detector watches,
// that is dear: some tests of test/scenarios took 19 seconds of a processor at Go's own 100, and 13 at this. Of what the manager takes
// in memory test/manager takes care.
const garbage = "400"

func main() {
	jobs := flag.Int("jobs", 2, "how many packages, or parts of long ones, are tested at once")
	fast := flag.Bool("fast", false, "only packages whose tests start no server")
	flag.Parse()
	packages, flags := split(flag.Args())
	if os.Getenv("GOGC") == "" {
		_ = os.Setenv("GOGC", garbage) // of all that the tests start, too
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, newReport(os.Stdout, verbose(flags)), *jobs, *fast, packages, flags)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		os.Exit(1)
	}
}

// split separates what stands before -- from the flags of go test behind it.
func split(args []string) (packages, flags []string) {
	if i := slices.Index(args, "--"); i >= 0 {
		return args[:i], args[i+1:]
	}
	return args, nil
}

// choose reports whether the flags choose tests themselves.
func choose(flags []string) bool {
	return slices.ContainsFunc(flags, func(flag string) bool {
		name, _, _ := strings.Cut(strings.TrimLeft(flag, "-"), "=")
		return slices.Contains([]string{"run", "skip", "list", "bench", "fuzz"}, name)
	})
}

func verbose(flags []string) bool {
	return slices.Contains(flags, "-v") || slices.Contains(flags, "-v=true")
}

func run(ctx context.Context, report *report, jobs int, fast bool, patterns, flags []string) error {
	begun := time.Now()
	packages, err := list(ctx, fast, patterns)
	if err != nil {
		return err
	}
	parts := testsOf
	if choose(flags) {
		parts = nil
	}
	all, err := batches(packages, parts)
	if err != nil {
		return err
	}
	report.expects(all)
	if jobs > 1 && len(packages) > 1 {
		report.line("suite: compiling %d packages", len(packages))
		compile(ctx, packages, flags)
		report.line("suite: compiled after %s", since(begun))
	}
	defer every(time.Minute, func() { report.still(begun) })()
	todo, ctx := errgroup.WithContext(ctx)
	todo.SetLimit(jobs)
	for _, b := range all {
		todo.Go(func() error { return b.run(ctx, report, flags) })
	}
	if err := todo.Wait(); err != nil {
		return err
	}
	return report.sum(begun)
}

// every does something again and again until stop is called.
func every(interval time.Duration, do func()) (stop func()) {
	tick, ended := time.NewTicker(interval), make(chan struct{})
	go func() {
		for {
			select {
			case <-tick.C:
				do()
			case <-ended:
				return
			}
		}
	}()
	return func() { tick.Stop(); close(ended) }
}

func since(t time.Time) time.Duration { return time.Since(t).Round(time.Second) }
