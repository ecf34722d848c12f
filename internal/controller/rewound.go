package controller

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

var errRewound = errors.New("the cluster is in an older state than this manager has seen, as after a restore of etcd: " +
	"it has to start again to see what there is now")

// rewindWatch finds out that the cluster was put back to an older state. A watch that began before does not notice: it
// waits for what comes after the newest that it has seen, and never tells of what happens until the cluster has come as
// far again.
type rewindWatch struct{ cached, live client.Reader }

// look fails with errRewound when an object in the cache is newer than all that the cluster has.
func (r rewindWatch) look(ctx context.Context) error {
	seen, err := r.newest(ctx) // before the cluster is asked
	if err != nil || seen == "" {
		return err
	}
	var now v1alpha1.AccountList
	if err := r.live.List(ctx, &now, client.Limit(1)); err != nil {
		return fmt.Errorf("ask how far the cluster is: %w", err)
	}
	order, err := resourceversion.CompareResourceVersion(seen, now.ResourceVersion)
	if err != nil {
		return fmt.Errorf("compare what was seen with how far the cluster is: %w", err)
	}
	if order > 0 {
		return errRewound
	}
	return nil
}

// newest is the highest resource version in the cache; empty where it has no object.
func (r rewindWatch) newest(ctx context.Context) (newest string, err error) {
	for _, list := range []client.ObjectList{&v1alpha1.AccountList{}, &v1alpha1.EnvVarSetList{}, &v1alpha1.CloudConnectionList{}} {
		if err := r.cached.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
			return "", fmt.Errorf("list what is cached: %w", err)
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
			version := item.(client.Object).GetResourceVersion()
			if order, err := resourceversion.CompareResourceVersion(version, newest); newest == "" || err == nil && order > 0 {
				newest = version
			}
			return nil
		})
	}
	return newest, nil
}

// rewindPause is how long a look waits for the next that found no answer.
const rewindPause = 5 * time.Second

// lookForRewind begins at once: a manager that waited for its Lease has watched all the while. It looks again when a watch
// broke, since an API server has to be started anew to serve an older state, and at the resync.
func (l *leading) lookForRewind(ctx context.Context) {
	for ctx.Err() == nil {
		next := jittered(l.resync)
		err := l.rewind.look(ctx)
		switch {
		case errors.Is(err, errRewound):
			l.stop(err)
			return
		case err != nil && ctx.Err() == nil:
			ctrl.LoggerFrom(ctx).Error(err, "look whether the cluster was put back to an older state")
			next = rewindPause
		}
		l.awaitLook(ctx, next)
	}
}

func (l *leading) awaitLook(ctx context.Context, at time.Duration) {
	t := time.NewTimer(at)
	defer t.Stop()
	select {
	case <-l.watchBroke:
	case <-t.C:
	case <-ctx.Done():
	}
}
