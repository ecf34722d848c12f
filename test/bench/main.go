// Command bench measures the built manager, and beside it the floor: a bare
// controller that does the least any operator could. Both run on a control plane
// and stores of this machine that write to the disk as in production.
//
//	make bench
//	go run ./test/bench -objects=100,200,300 -runs=1 -foreign=100 -quiet=5s -out=/tmp/benchmarks
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/test/bench/report"
)

func main() {
	p := plan{}
	flag.BoolVar(&p.long, "long", false, "measure everything with every size, and 50,000 objects; this takes hours")
	flag.Var(&p.objects, "objects", "other sizes, from the smallest stage to the largest, as in 100,200; 0 leaves a stage out, as a missing one does")
	flag.IntVar(&p.runs, "runs", 3, "how often a stage is measured at most; the tables show medians")
	flag.IntVar(&p.rotations, "rotations", 100, "Secrets that are updated, at most a tenth of the objects where each is updated once")
	flag.IntVar(&p.foreign, "foreign", 10_000, "other people's Secrets in the cluster at a restart")
	flag.DurationVar(&p.quiet, "quiet", 5*time.Minute, "how long nothing happens; 0 leaves it out")
	flag.StringVar(&p.only, "only", "", `measure only what has this in its name, as in "manager/sqlite"`)
	flag.Var(&p.chosen, "steps", `measure only these parts and the apply before them, as in "rotation,fan-out"`)
	flag.StringVar(&p.profiles, "profiles", "", "folder that takes profiles of the manager: CPU while objects are applied and one set for many is rotated, memory after the apply")
	flag.StringVar(&p.note, "note", "", "a remark that goes above the tables")
	flag.StringVar(&p.out, "out", "docs/benchmarks", "where the results go: .md for people, .json for programs")
	flag.Parse()
	ctrl.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, p)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: nothing is reported, since this run is void:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, p plan) error {
	todo := p.todo()
	if len(todo) == 0 {
		return fmt.Errorf("nothing to measure has %q in its name and a part %q", p.only, p.chosen.String())
	}
	r := begin(ctx, p) // before anything here makes load
	if r.Machine.Load > 1 {
		say("this machine is busy (load average %.1f): the numbers will say little", r.Machine.Load)
	}
	b, err := prepare(ctx, p)
	if err != nil {
		return err
	}
	defer b.close()
	for _, tasks := range todo {
		if err := b.round(ctx, tasks, r); err != nil {
			return err
		}
	}
	r.Took = time.Since(b.begun).Round(time.Second).String()
	say("done in %s, see %s.md", r.Took, p.out)
	return r.Write(p.out)
}

// begin notes where the results come from.
func begin(ctx context.Context, p plan) *report.Results {
	commit := "unknown"
	if out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		commit = strings.TrimSpace(string(out))
	}
	return &report.Results{
		Date: time.Now().UTC().Format(time.DateOnly), Commit: commit, Note: p.note,
		Command: command(os.Args[1:]), Machine: thisMachine(),
	}
}

// command is what to type for the same measurement; the note stands elsewhere.
func command(args []string) string {
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return strings.HasPrefix(arg, "-note=") })
	return strings.Join(append([]string{"go run ./test/bench"}, args...), " ")
}

// say shows progress.
func say(format string, args ...any) {
	fmt.Printf(time.Now().Format(time.TimeOnly)+" "+strings.TrimSuffix(format, "\n")+"\n", args...)
}
