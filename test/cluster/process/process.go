package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Command says what to run.
type Command struct {
	Path string
	Args []string
	Dir  string
	Log  string // file that takes what it prints; appended to

	User       *syscall.Credential // nil: as this program
	StopSignal syscall.Signal      // asks it to end; 0: SIGTERM
}

// Process is a running server. Its methods may be called at any time, also when
// it has ended by itself.
type Process struct {
	name string
	cmd  *exec.Cmd
	log  string
	stop syscall.Signal
	done chan struct{}
}

// Start runs a command in the group.
func (g *Group) Start(c Command) (*Process, error) {
	log, err := os.OpenFile(c.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()

	cmd := &exec.Cmd{
		Path: c.Path, Args: append([]string{c.Path}, c.Args...), Dir: c.Dir, Stdout: log, Stderr: log,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Pgid: g.guard.Process.Pid, Credential: c.User},
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", filepath.Base(c.Path), err)
	}
	p := &Process{name: filepath.Base(c.Path), cmd: cmd, log: c.Log, stop: c.StopSignal, done: make(chan struct{})}
	if p.stop == 0 {
		p.stop = syscall.SIGTERM
	}
	g.ended.Go(func() {
		_ = cmd.Wait()
		close(p.done)
	})
	return p, nil
}

// Run runs a command to its end, which has to be a success.
func (g *Group) Run(ctx context.Context, c Command) error {
	p, err := g.Start(c)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("%s: %w", p.name, ctx.Err())
	}
	if !p.cmd.ProcessState.Success() {
		return fmt.Errorf("%s failed (%s); it printed:\n%s", p.name, p.cmd.ProcessState, p.tail())
	}
	return nil
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Await asks ready again and again until it returns nil. It gives up when ctx
// ends or the process does; the error then carries what the process printed.
func (p *Process) Await(ctx context.Context, ready func(context.Context) error) error {
	again := time.NewTicker(25 * time.Millisecond)
	defer again.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended while it was starting (%s); it printed:\n%s", p.name, p.cmd.ProcessState, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w (last answer: %w); it printed:\n%s", p.name, ctx.Err(), err, p.tail())
		case <-again.C:
		}
	}
}

// Stop asks the process to end and waits for it. One that takes longer than the
// limit is killed, and that is an error. There is no context: what has to end
// ends also when the caller is being cancelled.
func (p *Process) Stop(limit time.Duration) error {
	_ = p.Signal(p.stop)
	_ = p.Signal(syscall.SIGCONT) // a frozen process would not hear it
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-p.done:
		return nil
	case <-late.C:
		p.Kill()
		return fmt.Errorf("%s did not stop within %s and was killed", p.name, limit)
	}
}

// Kill ends the process without warning and waits until it is gone, at most killLimit: whoever needs it gone finds out.
func (p *Process) Kill() {
	_ = p.Signal(syscall.SIGKILL)
	late := time.NewTimer(killLimit)
	defer late.Stop()
	select {
	case <-p.done:
	case <-late.C:
	}
}

// Signal sends a signal, such as SIGSTOP to freeze the process and SIGCONT to
// let it go on. A process that has ended is no error.
func (p *Process) Signal(signal syscall.Signal) error {
	err := p.cmd.Process.Signal(signal)
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}
