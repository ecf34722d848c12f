package accountenv

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// passed are the signals that the command gets from us.
var passed = []os.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH, syscall.SIGCONT,
}

// process is the command as it runs.
type process struct {
	cmd   *exec.Cmd
	group bool
	ended chan struct{}
}

// found is where the command is, by our own PATH.
func found(command string) (string, error) {
	path, err := exec.LookPath(command)
	return path, notStarted(err)
}

// notStarted gives an error its exit status. The error has the path and nothing of the environment.
func notStarted(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return &startError{exitNotFound, "the command was not found: " + err.Error()}
	}
	return &startError{exitNotRun, "the command cannot be run: " + err.Error()}
}

// onTerminal reports whether a terminal sends its signals to our process group. Then the command stays in it, and has them from there.
func onTerminal() bool {
	group, err := unix.IoctlGetInt(int(os.Stdin.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func start(path string, command, environment []string, group bool) (*process, error) {
	p := &process{ended: make(chan struct{}), group: group, cmd: &exec.Cmd{
		Path: path, Args: command, Env: environment, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: group},
	}}
	if err := p.cmd.Start(); err != nil {
		return nil, notStarted(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // the state says how it ended
	}()
	return p, nil
}

// pass hands on a signal that came to us.
func (p *process) pass(s os.Signal) {
	if p.group || s != syscall.SIGINT && s != syscall.SIGQUIT && s != syscall.SIGWINCH && s != syscall.SIGCONT {
		p.signal(s)
	}
}

func (p *process) signal(s os.Signal) { _ = p.cmd.Process.Signal(s) } // one that has ended needs none

// kill ends the command, and what it started and left in its group.
func (p *process) kill() {
	if p.group {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	}
	p.signal(syscall.SIGKILL)
}

// code is how the command ended.
func (p *process) code() int {
	if status, is := p.cmd.ProcessState.Sys().(syscall.WaitStatus); is && status.Signaled() {
		return exitSignal + int(status.Signal())
	}
	return p.cmd.ProcessState.ExitCode()
}
