//go:build !linux

package realnode

import (
	"context"
	"errors"
)

var errNotLinux = errors.New("this is not Linux")

func trySandbox(context.Context) error { return errNotLinux }

func enter(context.Context, ...string) (int, error) { return 0, errNotLinux }
