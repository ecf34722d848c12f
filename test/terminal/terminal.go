//go:build linux

// Package terminal runs a program on a pseudo terminal, as somebody sees it.
package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// Run runs the command with a terminal as its input and outputs, and returns all that it showed, lines ending as a terminal
// ends them.
func Run(cmd *exec.Cmd) (string, error) {
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
	var shown bytes.Buffer
	// When the last program has closed the terminal, reading ends with EIO.
	if _, err := io.Copy(&shown, screen); err != nil && !errors.Is(err, syscall.EIO) {
		return "", err
	}
	return shown.String(), cmd.Wait()
}

// open returns both sides: what shows, and what programs write to.
func open() (screen, line *os.File, err error) {
	screen, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(screen.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		line, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		return nil, nil, errors.Join(err, screen.Close())
	}
	return screen, line, nil
}
