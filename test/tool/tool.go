// Package tool builds the programs that other projects' modules below hack/ pin.
package tool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// limit is for an empty build cache on a busy machine.
const limit = 15 * time.Minute

// Build builds a tool of the module in a folder, which stays in Go's build cache, and returns where.
func Build(ctx context.Context, folder, name string) (path string, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "tool", "-n", name)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	// Interrupted rather than killed, go removes its own working folder.
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, 10*time.Second
	out, err := cmd.Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return "", fmt.Errorf("building %s: %w\n%s", name, err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
