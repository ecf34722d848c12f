package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/account-operator/account-operator/test/bench/report"
	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/manager"
)

// bench is what all measurements share.
type bench struct {
	plan
	root     string // of the module
	folder   string
	group    *process.Group
	binaries map[string]manager.Binary // by subject

	begun       time.Time
	done, tasks int
}

// prepare builds what is measured, as it is shipped.
func prepare(ctx context.Context, p plan) (*bench, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("find the module: %w", err)
	}
	b := &bench{plan: p, root: strings.TrimSpace(string(out)), binaries: map[string]manager.Binary{}, begun: time.Now()}
	for _, tasks := range p.todo() {
		b.tasks += len(tasks)
	}
	if b.folder, err = os.MkdirTemp("", "account-operator-bench-"); err != nil {
		return nil, err
	}
	if b.group, err = process.NewGroup(); err != nil {
		return nil, err
	}
	if err := os.Setenv("CGO_ENABLED", "0"); err != nil {
		return nil, err
	}
	say("building")
	shipped := []string{"-trimpath", "-ldflags=-s -w"}
	if b.binaries[report.Manager], err = manager.BuildManager(ctx, b.folder, shipped...); err != nil {
		return nil, err
	}
	const floor = "github.com/account-operator/account-operator/test/bench/floor"
	b.binaries[report.Floor], err = manager.Build(ctx, b.folder, floor, shipped...)
	return b, err
}

// announce says what comes next.
func (b *bench) announce(t task) {
	b.done++
	say("%s (%d of %d, %s so far)", t, b.done, b.tasks, time.Since(b.begun).Round(time.Second))
}

func (b *bench) close() {
	if err := errors.Join(b.group.Close(), os.RemoveAll(b.folder)); err != nil {
		say("cleaning up: %v", err)
	}
}
