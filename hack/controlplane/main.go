// Command controlplane builds the programs of a local Kubernetes control plane
// from their Go modules into bin/: etcd, kube-apiserver, kube-controller-manager
// and kubectl. Tests, demo and benchmarks run on them (test/cluster).
//
// It builds only what is missing or out of date, may be called several times at
// once, and leaves no half-written program behind when it is interrupted.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, "bin"); err != nil {
		fmt.Fprintln(os.Stderr, "controlplane:", err)
		os.Exit(1)
	}
}

// run brings every program in bin up to date.
func run(ctx context.Context, bin string) error {
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	unlock, err := lock(ctx, filepath.Join(bin, ".lock"))
	if err != nil {
		return err
	}
	defer unlock()

	stamp, err := readStamp(ctx, bin)
	if err != nil {
		return err
	}
	if stamp.current() {
		return nil
	}
	return build(ctx, bin, stamp)
}

func build(ctx context.Context, bin string, stamp *stamp) error {
	fmt.Printf("controlplane: building etcd and Kubernetes %s into %s; "+
		"with an empty build cache this takes about 7 minutes on two cores\n", stamp.kubernetes, bin)
	started := time.Now()
	for i, p := range programs {
		title := fmt.Sprintf("[%d/%d] %s", i+1, len(programs), p.name)
		if err := p.build(ctx, bin, stamp.kubernetes, newProgress(os.Stdout, title)); err != nil {
			return err
		}
	}
	if err := stamp.write(); err != nil {
		return err
	}
	fmt.Printf("controlplane: ready after %s\n", time.Since(started).Round(time.Second))
	return nil
}
