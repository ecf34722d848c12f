// Command bench measures the built manager, and beside it the floor: a bare
// controller that does the least any operator could. Both run on a control plane
// and stores of this machine that write to the disk as in production.
//
//	make bench
//	go run ./test/bench -runs=1 -objects=200 -quiet=5s -out=/tmp/benchmarks
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
)

// plan is what to measure.
type plan struct {
	runs      int
	objects   int
	rotations int
	quiet     time.Duration
	only      string // variants whose name contains it
	profiles  string // folder for CPU profiles of the manager
	note      string
	out       string // path of the results, without .md and .json
}

func main() {
	p := plan{}
	flag.IntVar(&p.runs, "runs", 3, "how often everything is measured; the tables show medians")
	flag.IntVar(&p.objects, "objects", 1000, "EnvVarSets, each with a Secret and an Account of its own")
	flag.IntVar(&p.rotations, "rotations", 100, "Secrets that are updated, one after the other")
	flag.DurationVar(&p.quiet, "quiet", time.Minute, "how long nothing happens; 0 leaves it out")
	flag.StringVar(&p.only, "only", "", `measure only what has this in its name, as in "manager/sqlite"`)
	flag.StringVar(&p.profiles, "profiles", "", "folder that takes a CPU profile of the manager while objects are applied")
	flag.StringVar(&p.note, "note", "", "a remark that goes above the tables")
	flag.StringVar(&p.out, "out", "docs/benchmarks", "where the results go: .md for people, .json for programs")
	flag.Parse()
	ctrl.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, p)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, p plan) error {
	b, err := prepare(ctx, p)
	if err != nil {
		return err
	}
	defer b.close()
	begun := time.Now()
	variants := b.variants()
	r := newResults(ctx, p)
	for n := range p.runs {
		for i, v := range variants {
			done := n*len(variants) + i
			say("%s (run %d of %d, %d of %d, %s so far)", v.name(), n+1, p.runs, done+1, p.runs*len(variants), time.Since(begun).Round(time.Second))
			sample, err := b.measure(ctx, v)
			if err != nil {
				return fmt.Errorf("%s: %w", v.name(), err)
			}
			r.add(v, sample)
		}
	}
	say("done in %s", time.Since(begun).Round(time.Second))
	return r.write(p.out)
}

// say shows progress.
func say(format string, args ...any) {
	fmt.Printf(time.Now().Format(time.TimeOnly)+" "+strings.TrimSuffix(format, "\n")+"\n", args...)
}
