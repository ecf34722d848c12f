package e2e_test

import (
	"context"
	"time"

	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/manager"
)

// kept is a manager that is started again when it ends, as Kubernetes would do it.
type kept struct {
	now *manager.Manager // for the goroutine that keeps it
}

// keep keeps a manager of this scene running until the test is over.
func (s *scene) keep(access *rest.Config, args ...string) {
	s.Helper()
	s.keepWith(access, manager.Options{Args: append([]string{"--watch-namespaces=" + s.ns}, args...)})
}

func (s *scene) keepWith(access *rest.Config, o manager.Options) {
	s.Helper()
	o = s.options(access, o)
	k := &kept{}
	ctx, end := context.WithCancel(context.Background())
	over := make(chan struct{})
	s.must(k.start(o))
	go func() {
		defer close(over)
		for k.running(ctx) {
			if err := k.start(o); err != nil {
				s.Error(err)
				return
			}
		}
	}()
	s.Cleanup(func() {
		end()
		await.Value(s, over)
		s.assertClean(k.now)
	})
}

func (k *kept) start(o manager.Options) (err error) {
	k.now, err = binary.Start(managers, o)
	return err
}

// running returns when the manager ended, and the moment is over for which Kubernetes would wait; or, with false, when
// ctx did.
func (k *kept) running(ctx context.Context) bool {
	select {
	case <-k.now.Done():
	case <-ctx.Done():
		k.now.Kill()
		return false
	}
	moment := time.NewTimer(250 * time.Millisecond)
	defer moment.Stop()
	select {
	case <-moment.C:
		return true
	case <-ctx.Done():
		return false
	}
}
