package main

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// made are the folders and files that the manager is made of.
var made = []string{"api", "cmd", "config/crd", "internal", "go.mod", "go.sum"}

// lookAgain is how often it is looked for changes, and for news of the log.
const lookAgain = 300 * time.Millisecond

// develop builds the manager again whenever a file of it changes, and has revive replace the one that runs, until ctx ends. One that
// does not compile replaces none.
func (s *stage) develop(ctx context.Context) {
	before := s.state()
	for passes(ctx, lookAgain) {
		now := s.state()
		if now == before {
			continue
		}
		before = now
		begun := time.Now()
		s.screen.line(s.screen.in(bold, "changed") + "; building")
		if out, err := s.shell(ctx, "CGO_ENABLED=0 GOWORK=off go build -trimpath -buildvcs=false -o "+quoted(filepath.Join(s.bin, "manager"))+" ./cmd/manager"); err != nil {
			s.screen.output(out)
			s.screen.failure("it does not build; the one before goes on")
			continue
		}
		// What the cluster has of it: kinds, rights and policies.
		if out, err := s.shell(ctx, "kubectl apply --server-side -k config/default 2>&1 >/dev/null"); err != nil && ctx.Err() == nil {
			s.screen.failure(out)
		}
		s.screen.result("built within %.1f s", time.Since(begun).Seconds())
		select {
		case s.renewed <- struct{}{}:
		case <-ctx.Done():
		}
	}
}

// state differs when a file of the manager was changed, added or removed; tests are no part of it.
func (s *stage) state() string {
	var state strings.Builder
	for _, name := range made {
		_ = filepath.WalkDir(filepath.Join(s.root, name), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
				return nil //nolint:nilerr // what vanished while it was looked at is a change of its own
			}
			if info, err := entry.Info(); err == nil {
				state.WriteString(path + info.ModTime().String())
			}
			return nil
		})
	}
	return state.String()
}

// follow shows what the manager logs from now on, until ctx ends.
func (s *stage) follow(ctx context.Context) {
	log, err := os.Open(s.managerLog())
	if err != nil {
		s.screen.failure(err.Error())
		return
	}
	defer func() { _ = log.Close() }()
	_, _ = log.Seek(0, io.SeekEnd)
	for passes(ctx, lookAgain) {
		_, _ = io.Copy(s.screen.out, log)
	}
}

// passes reports after a while whether ctx goes on.
func passes(ctx context.Context, a time.Duration) bool {
	t := time.NewTimer(a)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
