package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// What is shown of a log: the stack traces in it are of no use to a reader, and whole lines are in the file.
const (
	lastLines = 15
	lineSize  = 300
)

// abandon ends a run that cannot go on: it says what failed, shows what the manager said last, keeps the logs and
// stops everything. It returns the cause. ctx is the one that ends only from outside.
func (s *stage) abandon(ctx context.Context, cause error) error {
	if ctx.Err() != nil {
		s.screen.line("")
		s.screen.line("interrupted; stopping everything")
		return errors.Join(cause, s.end())
	}
	s.screen.line("")
	s.screen.failure("FAILED: " + cause.Error())
	s.showLog()
	switch kept, err := s.keepLogs(); {
	case err != nil:
		s.screen.line("keeping the logs failed: " + err.Error())
	case kept != "":
		s.screen.line("The logs of the manager and of the control plane are kept in " + kept)
	}
	s.screen.line("stopping everything")
	return errors.Join(cause, s.end())
}

// end stops everything and says what did not stop as it should.
func (s *stage) end() error {
	err := s.close()
	if err != nil {
		s.screen.failure("stopping: " + err.Error())
	}
	return err
}

func (s *stage) showLog() {
	content, err := os.ReadFile(s.managerLog())
	if err != nil || len(content) == 0 {
		return
	}
	lines := strings.Split(strings.TrimRight(string(content), "\n"), "\n")
	lines = lines[max(0, len(lines)-lastLines):]
	for n, line := range lines {
		if len(line) > lineSize {
			lines[n] = strings.ToValidUTF8(line[:lineSize], "") + " ..."
		}
	}
	s.screen.line(fmt.Sprintf("The last %d lines of the manager's log:", len(lines)))
	s.screen.output(strings.Join(lines, "\n"))
}

// keepLogs copies the logs, if there are any yet, to a folder that outlives the run. They hold no value of a Secret.
func (s *stage) keepLogs() (folder string, err error) {
	logs, err := fs.Glob(os.DirFS(s.path), "cluster/*.log")
	if err != nil || len(logs) == 0 {
		return "", err
	}
	folder = filepath.Join(s.kept, "last-failure")
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o700)); err != nil {
		return "", err
	}
	for _, log := range append(logs, filepath.Base(s.managerLog())) {
		content, err := os.ReadFile(s.file(log))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was not started yet
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, filepath.Base(log)), content, 0o600)
		}
		if err != nil {
			return "", err
		}
	}
	return folder, nil
}
