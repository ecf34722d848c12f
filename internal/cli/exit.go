package cli

import (
	"context"
	"errors"
	"fmt"
)

// How the plugin ends. The numbers are promised in docs/kubectl-account.md.
const (
	ExitFailed      = 1 // none of the following
	ExitUsage       = 2 // a wrong flag or argument
	ExitNo          = 3 // the answer is no
	ExitTimeout     = 4 // the end did not come in time
	ExitNotFound    = 5 // no such object, or no such kind
	ExitForbidden   = 6 // a right is missing
	ExitInterrupted = 130
)

// failure is an error that has an exit code of its own.
type failure struct {
	code int
	text string
}

func (f *failure) Error() string { return f.text }

func failuref(code int, format string, args ...any) error {
	return &failure{code, fmt.Sprintf(format, args...)}
}

func usagef(format string, args ...any) error { return failuref(ExitUsage, format, args...) }

// ExitCode is how the program ends with this error of the command. Of several errors the first decides.
func ExitCode(err error) int {
	f := (*failure)(nil)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &f):
		return f.code
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	default:
		return ExitFailed
	}
}
