package realnode

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

//go:embed sandbox.sh
var sandboxScript string

// own is what the sandbox has of its own.
const own = syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC

// trySandbox says why there can be no sandbox here, as in a container without the rights for it.
func trySandbox(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", "mount --make-rprivate / && mount -t tmpfs realnode /run")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: own}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("no sandbox can be made here: %w %s", err, out)
	}
	return nil
}

// enter runs this program again in a sandbox, with the same arguments, and returns its exit code. Whatever the sandbox started is
// gone by then, also when ctx ended before: its first process is killed, and the kernel kills all others with it. It is killed, too,
// when this program is.
func enter(ctx context.Context, env ...string) (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	// The kernel kills the sandbox when the thread ends that started it. This one does not end before the sandbox.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", sandboxScript, "sandbox", Address, services, self}, os.Args[1:]...)...)
	cmd.Stdout, cmd.Stderr, cmd.Env = os.Stdout, os.Stderr, append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: own, Pdeathsig: syscall.SIGKILL}
	err = cmd.Run()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) && ctx.Err() == nil && failed.Exited() {
		return failed.ExitCode(), nil
	}
	if err != nil {
		return 0, fmt.Errorf("the sandbox: %w", errors.Join(err, ctx.Err()))
	}
	return 0, nil
}
