// Package process runs the servers that tests need (etcd, an API server,
// PostgreSQL) so that none of them outlives the program that started it, however
// that program ends.
package process

import (
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// guard waits for the end of its input, which comes when this program closes
// the pipe or dies, and then kills its own process group, in which all servers
// run. Unlike a parent-death signal this works on every Unix and does not hang
// on the thread that happened to start the server.
const guard = `trap "" HUP INT TERM; read -r _; kill -9 0`

// Group is a set of processes that end together: when Close is called, and also
// when this program is killed.
type Group struct {
	guard *exec.Cmd
	leash io.Closer
	ended sync.WaitGroup // of each process that was started
}

// NewGroup returns an empty group.
func NewGroup() (*Group, error) {
	cmd := &exec.Cmd{
		Path: "/bin/sh", Args: []string{"sh", "-c", guard},
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
	}
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the guard of a process group: %w", err)
	}
	return &Group{guard: cmd, leash: leash}, nil
}

// killLimit bounds how long what was killed may take until it is gone. The kernel needs milliseconds, unless a process hangs in it.
const killLimit = 30 * time.Second

// Close kills what still runs in the group and returns when it is gone. It may be called right after NewGroup.
func (g *Group) Close() error {
	if err := g.leash.Close(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		// The guard kills itself with its group: how it ended says nothing.
		_ = g.guard.Wait()
		g.ended.Wait() // then the kernel has added their time to this program's
		close(ended)
	}()
	late := time.NewTimer(killLimit)
	defer late.Stop()
	select {
	case <-ended:
		return nil
	case <-late.C:
		return fmt.Errorf("a process group did not end within %s", killLimit)
	}
}
