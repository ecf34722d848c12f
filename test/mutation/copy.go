package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// copyFor copies what git knows, or would take, of a module. Of the packages below the one that is changed it leaves the
// tests out: gremlins would run them too, and those of internal/store/sqlstore take minutes.
func copyFor(ctx context.Context, pkg, root, to string) error {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("asking git for the files: %w", err)
	}
	for path := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if below(pkg, path) && strings.HasSuffix(path, "_test.go") {
			continue
		}
		if err := copyFile(filepath.Join(root, path), filepath.Join(to, path)); err != nil {
			return fmt.Errorf("copying the tree: %w", err)
		}
	}
	return nil
}

// below reports whether a file is of a package below another one.
func below(pkg, path string) bool {
	inside, is := strings.CutPrefix(path, pkg+"/")
	return is && strings.Contains(inside, "/")
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // git knows it, and it is deleted
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}
