package main

import "context"

// mend starts the control plane again when a part of it ends, until ctx does. Where it does not come back, everything ends.
func (s *stage) mend(ctx context.Context) {
	for lost := s.cluster.Ended(ctx); lost != ""; lost = s.cluster.Ended(ctx) {
		s.screen.line(s.screen.in(bold, lost+" ended") + "; starting it again. Its last words are in " + s.file("cluster", lost+".log"))
		err := s.cluster.Mend(ctx)
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
