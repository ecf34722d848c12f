package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Folder is a folder that one running program has for itself.
type Folder struct {
	Path      string
	temporary bool
	lock      *os.File
}

const (
	lockName = ".lock"
	starting = "starting-"
)

// OpenFolder takes a folder that is to stay, creating it if it is missing. It
// refuses one that another program holds.
func OpenFolder(path string) (*Folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFolder(path, os.O_CREATE)
	if err != nil {
		return nil, err
	}
	return &Folder{Path: path, lock: lock}, nil
}

// TemporaryFolder makes a folder whose name begins with prefix and that Close
// removes. It also removes those of programs that were killed and could not.
func TemporaryFolder(prefix string) (*Folder, error) { return temporaryFolder(os.TempDir(), prefix) }

func temporaryFolder(parent, prefix string) (*Folder, error) {
	sweep(parent, prefix)
	fresh, err := os.MkdirTemp(parent, starting+prefix+"-")
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(fresh, os.O_CREATE)
	if err != nil {
		return nil, err
	}
	// It gets the name that sweep looks for only now that it is locked.
	path := filepath.Join(filepath.Dir(fresh), strings.TrimPrefix(filepath.Base(fresh), starting))
	if err := os.Rename(fresh, path); err != nil {
		return nil, errors.Join(err, lock.Close(), os.RemoveAll(fresh))
	}
	return &Folder{Path: path, temporary: true, lock: lock}, nil
}

// File returns the path of a file in the folder.
func (f *Folder) File(name ...string) string {
	return filepath.Join(append([]string{f.Path}, name...)...)
}

// Temporary reports whether Close removes the folder.
func (f *Folder) Temporary() bool { return f.temporary }

// Close gives the folder up, and removes it if it is temporary.
func (f *Folder) Close() error {
	var err error
	if f.temporary {
		err = os.RemoveAll(f.Path)
	}
	return errors.Join(err, f.lock.Close())
}

// sweep removes folders that nobody holds any more. What it cannot remove, say
// another user's, stays: it only keeps the disk from filling up.
func sweep(parent, prefix string) {
	left, _ := filepath.Glob(filepath.Join(parent, prefix+"-*"))
	for _, path := range left {
		lock, err := lockFolder(path, 0)
		if err != nil {
			continue
		}
		_ = os.RemoveAll(path)
		_ = lock.Close()
	}
}

// lockFolder holds the folder until the file is closed or the program ends.
func lockFolder(path string, flags int) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR|flags, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("folder %s is in use by another program: %w", path, err)
	}
	return lock, nil
}
