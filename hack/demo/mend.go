package main

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// mend starts the control plane again when a part of it ends, until ctx does. Where it does not come back, everything ends.
func (s *stage) mend(ctx context.Context) {
	for lost := s.cluster.Ended(ctx); lost != ""; lost = s.cluster.Ended(ctx) {
		s.screen.line(s.screen.in(bold, lost+" ended") + "; starting it again. Its last words are in " + s.file("cluster", lost+".log"))
		err := s.cluster.Mend(ctx)
		if err == nil {
			err = s.takesObjects(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.screen.failure("the control plane does not come back: " + err.Error() + "\n" +
				"The objects are in .demo/up: the next make up goes on with them. To start afresh: rm -rf .demo/up")
			s.fail(err)
			return
		}
		s.screen.result("the control plane runs again")
	}
}

// takesObjects returns when the API server takes objects of ours: for up to half a minute after its start, its policies do not know
// their kinds. Another end of a part is no failure of this one.
func (s *stage) takesObjects(ctx context.Context) error {
	return wait.PollUntilContextTimeout(ctx, 200*time.Millisecond, 2*time.Minute, true, func(ctx context.Context) (bool, error) {
		_, err := s.shell(ctx, "kubectl apply --dry-run=server -k config/samples")
		return err == nil || s.cluster.Lost(), nil
	})
}
