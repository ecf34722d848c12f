// Package outcome says what the outcome of a reconcile means for the object's conditions and for the queue.
package outcome

import (
	"errors"
	"fmt"
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// ErrObserved is the outcome of a sync that read an account which it may not write.
var ErrObserved = errors.New("only observed")

// ErrInSync is the outcome of a sync that found nothing to do and nothing to report.
var ErrInSync = errors.New("already in sync")

// blocked is the outcome of a sync or remove that cannot go on until a user or something else acts. Whoever raises it knows
// the reason; judge only maps it.
type blocked struct {
	reason  v1alpha1.Reason
	message string // cause, object, next step; stable; never a value
	// waiting says that what is missing may well come by itself, as an Account that is still being made. Otherwise a person
	// has to act and the object is Stalled.
	waiting bool
	// retry is an error of a part that is to be tried again; after, how soon the rest follows.
	retry error
	after time.Duration
}

func (b *blocked) Error() string { return b.message }

// StalledBy is an outcome that lasts until a person acts.
func StalledBy(reason v1alpha1.Reason, format string, args ...any) error {
	return &blocked{reason: reason, message: fmt.Sprintf(format, args...)}
}

// WaitingFor is an outcome that may well end by itself.
func WaitingFor(reason v1alpha1.Reason, format string, args ...any) error {
	return &blocked{reason: reason, message: fmt.Sprintf(format, args...), waiting: true}
}

// PartBy is an outcome of which a part is in the way: it lasts until a person acts, unless waiting, and retry, if any, is tried again.
func PartBy(waiting bool, retry error, reason v1alpha1.Reason, format string, args ...any) error {
	return &blocked{reason: reason, message: fmt.Sprintf(format, args...), waiting: waiting, retry: retry}
}

// GoesOn is an outcome that is only a part, of which the rest follows at once.
func GoesOn(reason v1alpha1.Reason, format string, args ...any) error {
	return &blocked{reason: reason, message: fmt.Sprintf(format, args...), waiting: true, after: time.Millisecond}
}

// apiFailure marks an error as the API server's, so that it is not taken for the store's.
type apiFailure struct{ err error }

func (a *apiFailure) Error() string { return a.err.Error() }
func (a *apiFailure) Unwrap() error { return a.err }

// FromAPI marks an error as the API server's; nil stays nil.
func FromAPI(err error) error {
	if err == nil {
		return nil
	}
	return &apiFailure{err}
}
