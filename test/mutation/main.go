// Command mutation changes the pure packages mechanically, one operator at a time, and runs the package's own tests on each
// change. It fails where they let too many live.
//
//	make mutation
//	make mutation ARGS=internal/seal
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// pure are the packages whose tests start nothing and take seconds: they run once for each mutant. Not those that have a server
// or a network of their own (internal/probe, api/v1alpha1), nor one whose tests are elsewhere (internal/usage; of the controllers,
// those that mostly test/scenarios tests).
var pure = []string{
	"internal/controller/drift",
	"internal/controller/enqueue",
	"internal/controller/envvarset",
	"internal/controller/events",
	"internal/controller/object",
	"internal/controller/outcome",
	"internal/controller/syncstate",
	"internal/controller/timing",
	"internal/crdcheck",
	"internal/factor",
	"internal/password",
	"internal/seal",
	"internal/source",
	"internal/source/dotenv",
	"internal/store",
}

func main() {
	if calledAsGo() {
		fail(runGo(os.Args[1:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "mutation:", err)
	os.Exit(1)
}

func run(ctx context.Context, packages []string) error {
	if len(packages) == 0 {
		packages = pure
	}
	began := time.Now()
	t, err := here(ctx)
	if err != nil {
		return err
	}
	var all []result
	for i, pkg := range packages {
		pkg = strings.TrimPrefix(pkg, "./")
		say("%s, %d of %d", pkg, i+1, len(packages))
		got, err := t.mutate(ctx, pkg)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("%s: %w", pkg, err)
		}
		all = append(all, got)
	}
	say("it took %s", time.Since(began).Round(time.Second))
	fmt.Print(table(all))
	return judge(all)
}

// say shows progress.
func say(format string, args ...any) {
	fmt.Printf(time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}
