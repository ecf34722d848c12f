// Command controlplane builds the programs of a local Kubernetes control plane
// from their Go modules into bin/: etcd, kube-apiserver, kube-controller-manager
// and kubectl. Tests, demo and benchmarks run on them (test/cluster). Called with
// the word node, it builds those of a node (test/realnode).
//
// It builds only what is missing or out of date, may be called several times at
// once, and leaves no half-written program behind when it is interrupted.
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	name := "controlplane"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	if err := run(ctx, name, "bin"); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// run brings every program of a set in bin up to date.
func run(ctx context.Context, name, bin string) error {
	of, known := sets[name]
	if !known {
		return fmt.Errorf("nothing of this name is built here; there are %q", slices.Sorted(maps.Keys(sets)))
	}
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	unlock, err := lock(ctx, filepath.Join(bin, ".lock"))
	if err != nil {
		return err
	}
	defer unlock()

	stamp, err := readStamp(ctx, bin, of)
	if err != nil {
		return err
	}
	if stamp.current() {
		return nil
	}
	return build(ctx, bin, stamp)
}

func build(ctx context.Context, bin string, stamp *stamp) error {
	of := stamp.set
	fmt.Printf("%s: building %s %s into %s; with an empty build cache this takes about %s on two cores\n",
		of.name, of.parts, stamp.kubernetes, bin, of.cold)
	started := time.Now()
	for i, p := range of.programs {
		title := fmt.Sprintf("[%d/%d] %s", i+1, len(of.programs), p.name)
		if err := p.build(ctx, bin, stamp.kubernetes, newProgress(os.Stdout, title)); err != nil {
			return err
		}
	}
	if err := stamp.write(); err != nil {
		return err
	}
	fmt.Printf("%s: ready after %s\n", of.name, time.Since(started).Round(time.Second))
	return nil
}
