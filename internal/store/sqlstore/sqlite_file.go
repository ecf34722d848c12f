package sqlstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// prepareFile makes sure that the file exists and that only its owner can read it, and takes the lock beside it: two
// managers on one file would each believe that the other's writes are foreign.
func prepareFile(path string, withoutLock bool) (*os.File, error) {
	if withoutLock {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, startupError("the store file "+path+" does not exist", "check the address of the store")
		}
		return nil, nil
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return nil, startupError("the folder of the store file "+path+" does not exist", "create it or mount a volume there")
	}
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, startupError(fmt.Sprintf("the lock file of the store cannot be opened: %v", err), "make the folder writable")
	}
	if err := lockAndCreate(lock, path); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return lock, nil
}

func lockAndCreate(lock *os.File, path string) error {
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return startupError("another manager holds the store file "+path, "stop it first, or use PostgreSQL for several managers")
	}
	// SQLite gives its log and its shared memory the mode of this file.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return startupError(fmt.Sprintf("the store file cannot be opened: %v", err), "make the file and its folder writable")
	}
	defer func() { _ = file.Close() }()
	if err := file.Chmod(0o600); err != nil {
		return startupError(fmt.Sprintf("the store file cannot be made private: %v", err), "give the file to the manager's user")
	}
	return nil
}
