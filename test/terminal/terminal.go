//go:build linux

// Package terminal runs a program on a pseudo terminal, as a user sees it.
package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a program may keep its terminal. One that ends may leave another on it.
const patience = 2 * time.Minute

// Run runs the command with a terminal as its input and outputs, and returns all that it showed, lines ending as a terminal
// ends them. What still shows something after two minutes is an error.
func Run(cmd *exec.Cmd) (string, error) { return run(cmd, patience) }

func run(cmd *exec.Cmd, limit time.Duration) (string, error) {
	screen, line, err := open()
	if err != nil {
		return "", fmt.Errorf("opening a pseudo terminal: %w", err)
	}
	defer func() { _ = screen.Close() }()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = line, line, line
	err = cmd.Start()
	if err := errors.Join(err, line.Close()); err != nil {
		return "", err
	}
	err = screen.SetReadDeadline(time.Now().Add(limit))
	var shown bytes.Buffer
	// When the last program has closed the terminal, reading ends with EIO.
	if _, e := io.Copy(&shown, screen); !errors.Is(e, syscall.EIO) {
		err = errors.Join(err, e)
	}
	if err != nil {
		return shown.String(), errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	return shown.String(), cmd.Wait()
}

// open returns both sides: what shows, and what programs write to.
func open() (screen, line *os.File, err error) {
	screen, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	number, err := unlock(screen)
	if err == nil {
		line, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		return nil, nil, errors.Join(err, screen.Close())
	}
	return screen, line, nil
}

// unlock returns the terminal's number. It does not ask the file for its descriptor, which would end deadlines on it.
func unlock(screen *os.File) (number int, err error) {
	raw, err := screen.SyscallConn()
	if err != nil {
		return 0, err
	}
	asked := raw.Control(func(fd uintptr) {
		if number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN); err == nil {
			err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		}
	})
	return number, errors.Join(asked, err)
}
