// Package manager builds the operator's program and runs it as those do who
// install it: by its flags, its exit code and what it prints.
package manager

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const importPath = "github.com/account-operator/account-operator/cmd/manager"

// Binary is a built program.
type Binary struct{ Path string }

// NoSymbols is a flag of go build that leaves out what only a debugger reads: a quarter of a linker's work.
const NoSymbols = "-ldflags=-s -w"

const (
	// buildLimit is for an empty build cache on a busy machine.
	buildLimit = 15 * time.Minute
	// outputLimit is how long what a program started, and left behind, may keep its output open.
	outputLimit = 5 * time.Second
)

// Build builds the manager, or the command of another import path, into a
// folder; flags are those of go build.
func Build(ctx context.Context, folder, command string, flags ...string) (Binary, error) {
	ctx, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	b := Binary{filepath.Join(folder, filepath.Base(command))}
	args := append(append([]string{"build", NoSymbols, "-o", b.Path}, flags...), command)
	cmd := exec.CommandContext(ctx, "go", args...)
	// Interrupted rather than killed, go removes its own working folder.
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, outputLimit
	if out, err := cmd.CombinedOutput(); err != nil {
		return Binary{}, fmt.Errorf("building %s: %w\n%s", command, err, out)
	}
	return b, nil
}

// BuildManager builds the manager.
func BuildManager(ctx context.Context, folder string, flags ...string) (Binary, error) {
	return Build(ctx, folder, importPath, flags...)
}

// Result is how a program ended, and all that it printed.
type Result struct {
	Code   int
	Stdout string
	Stderr string
}

// Run runs the program until it ends by itself; the end of ctx is an error. Each
// of env is NAME=value.
func (b Binary) Run(ctx context.Context, env []string, args ...string) (Result, error) {
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(ctx, b.Path, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, outputLimit
	err := cmd.Run()
	r := Result{Stdout: stdout.String(), Stderr: stderr.String()}
	ended := (*exec.ExitError)(nil)
	switch {
	case ctx.Err() != nil:
		return r, fmt.Errorf("it did not end: %w; it printed:\n%s", ctx.Err(), r.Stderr)
	case errors.As(err, &ended):
		r.Code = ended.ExitCode()
	case err != nil:
		return r, err
	}
	return r, nil
}
