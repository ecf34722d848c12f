package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// readEvery is how often an object is read while a user waits for it. It is asked for rather than watched: that takes the
// right to get and nothing more, and is over within seconds.
const readEvery = 250 * time.Millisecond

// waiting says whether and how long a command waits for what it asked for.
type waiting struct {
	wait    bool
	timeout time.Duration
}

func (w *waiting) addWaitFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&w.wait, "wait", true, "wait for the end")
	cmd.Flags().DurationVar(&w.timeout, "timeout", time.Minute, "how long to wait")
}

// await reads an object until judge says that it is as it should be. Until then judge says what is in the way; its error
// ends the wait. An object that is not there is the API server's error.
func await[T client.Object](ctx context.Context, s *session, w waiting, t target, empty func() T, judge func(T) (string, error)) (T, error) {
	line := s.progress()
	defer line.clear()
	obj, state := empty(), "nothing is known of it"
	err := wait.PollUntilContextTimeout(ctx, readEvery, w.timeout, true, func(ctx context.Context) (bool, error) {
		fresh := empty() // what is read into an object leaves fields that are gone
		switch err := s.api.Get(ctx, s.key(t.name), fresh); {
		case hopeless(err):
			return false, err
		case errors.Is(err, context.DeadlineExceeded): // our own: what was seen last is what to report
		case err != nil:
			state = "the API server does not answer: " + err.Error()
		default:
			obj = fresh
			if state, err = judge(obj); err != nil || state == "" {
				return err == nil, err
			}
		}
		line.show("waiting for %s: %s", t, state)
		return false, nil
	})
	if wait.Interrupted(err) && ctx.Err() == nil {
		return obj, failuref(ExitTimeout, "%s: after %s still: %s", t, w.timeout, state)
	}
	return obj, err
}

// hopeless reports whether asking again would bring the same answer.
func hopeless(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)
}
