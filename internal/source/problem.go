// Package source turns the parts of a spec that name Secrets and ConfigMaps into names and values, and says which version
// of each object they came from. Every object is read once and live, so that values of one version are never mixed with
// those of another, and nothing of a Secret's content stays behind.
package source

import (
	"fmt"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Problem is something wrong with a source, reported by the reason of the condition that it leads to. Its message names
// objects, keys and variables, never content.
type Problem struct {
	Reason  v1alpha1.Reason
	Message string

	cause error // nil, or a *dotenv.Error that has line and column
}

func (p *Problem) Error() string { return p.Message }

// Unwrap gives a *dotenv.Error where the form of a text is wrong.
func (p *Problem) Unwrap() error { return p.cause }

func problem(reason v1alpha1.Reason, format string, args ...any) *Problem {
	return &Problem{Reason: reason, Message: fmt.Sprintf(format, args...)}
}
