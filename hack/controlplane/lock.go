package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lock waits until nobody else builds. The kernel drops the lock with the
// process, so that one that was killed blocks nobody.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	announced := false
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("locking %s: %w", path, err)
		}
		if !announced {
			fmt.Println("controlplane: somebody else is building it; waiting for them")
			announced = true
		}
		select {
		case <-ctx.Done():
			return nil, errors.New("interrupted while waiting for the other build")
		case <-time.After(500 * time.Millisecond):
		}
	}
}
