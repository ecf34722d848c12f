// Command suite runs the tests that carry cases of the fault suite, counts the cases of each goal, and writes
// docs/reliability.md. It fails when a case failed, was void or did not run.
//
//	make fault
//	make fault CASE=G2/TestUnobserved_ManagerHangs_EndsAsIfSeen/a_key_goes_and_comes_back
//	go run ./test/fault/suite -goals=G2,G3 -short
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/account-operator/account-operator/test/fault"
)

// options say what to run.
type options struct {
	goals string // IDs with commas between; empty: all
	one   string // a single case, as GOAL/TestName/subtest
	short bool   // the sizes that `make test` has
	page  bool   // only write the page again
	out   string // path of the results, without .md and .json
}

func main() {
	o := options{}
	flag.StringVar(&o.goals, "goals", "", `only these, as in "G2,G3"`)
	flag.StringVar(&o.one, "case", "", `only this case, as in "G2/TestName/subtest"`)
	flag.BoolVar(&o.short, "short", false, "the sizes of `make test`; nothing is written")
	flag.BoolVar(&o.page, "page", false, "run nothing; write the page anew, from the goals and what is known")
	flag.StringVar(&o.out, "out", "docs/reliability", "where the results go: .md for people, .json for the next run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fault:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	known, err := load(o.out)
	if err != nil {
		return err
	}
	if o.page {
		return known.write(o.out)
	}
	if o.one != "" {
		return replay(ctx, o.one)
	}
	goals := chosen(o.goals)
	if len(goals) == 0 {
		return fmt.Errorf("no goal is called %s", o.goals)
	}
	return count(ctx, goals, known, o)
}

// count runs what the goals have, and writes how it went.
func count(ctx context.Context, goals []fault.Goal, known results, o options) error {
	if !o.short {
		say("%d goals; on the machine that ran them last this took %s", len(goals), known.takes(goals))
	}
	got, err := runAll(ctx, goals, o.short)
	if err != nil {
		return err
	}
	table, complete := got.table(goals, o.short)
	fmt.Println(table)
	if !o.short {
		known.take(got)
		err = known.write(o.out)
	}
	if !complete {
		err = errors.Join(errors.New("cases failed, were void, or did not run"), err)
	}
	return err
}

func chosen(ids string) (goals []fault.Goal) {
	for _, g := range fault.Goals {
		if ids == "" || strings.Contains(","+ids+",", ","+g.ID+",") {
			goals = append(goals, g)
		}
	}
	return goals
}

// say shows progress.
func say(format string, args ...any) {
	fmt.Printf(time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}
