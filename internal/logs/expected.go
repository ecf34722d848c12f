package logs

import (
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// expectedLevel is where a line goes that a library calls an error and that is none.
const expectedLevel = 1

// Error implements logr.LogSink. Who is called at night for lines of the level error must find one to act on.
func (b *bounded) Error(err error, msg string, keysAndValues ...any) {
	if !expected(err, msg) {
		b.LogSink.Error(err, msg, keysAndValues...)
		return
	}
	if b.LogSink.Enabled(expectedLevel) {
		b.LogSink.Info(expectedLevel, msg, append(keysAndValues, "reason", err.Error())...)
	}
}

// expected says what happens on a day without trouble: a leader that stops gives its Lease back, which controller-runtime takes for
// a loss, and breaks off what it is at (what takes too long is another error); and an object that goes with its namespace has nobody left to send an event to.
func expected(err error, msg string) bool {
	if err == nil {
		return false
	}
	released := msg == "error received after stop sequence was engaged" && err.Error() == "leader election lost"
	return released || errors.Is(err, context.Canceled) || apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause)
}
