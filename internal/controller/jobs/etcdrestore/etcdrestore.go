// Package etcdrestore notices a cluster that was put back to an older state.
package etcdrestore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/kinds"
)

// ErrRestored ends a manager, so that the next one lists the cluster again.
var ErrRestored = errors.New("the cluster is in an older state than this manager has seen, as after a restore of etcd: " +
	"it has to start again to see what there is now")

// Watch finds out that the cluster was put back to an older state. A watch that began before does not notice: it
// waits for what comes after the newest that it has seen, and reports nothing until the cluster has come as far again.
type Watch struct {
	Cached, Live client.Reader
	// WatchBroke gets a value when a watch of the cache broke.
	WatchBroke <-chan struct{}
	Resync     time.Duration
	// Stop ends the manager.
	Stop func(error)
}

// compared is how many of the newest objects in the cache are compared with what they are now. The newest may be one that the
// older state does not have.
const compared = 20

// Compare fails with ErrRestored when an object in the cache is newer than all that the cluster has, or one of the newest is newer than
// that object is now: then the cluster was put back and has come as far again.
func (r *Watch) Compare(ctx context.Context) error {
	seen, err := r.newest(ctx) // before the cluster is asked
	if err != nil || len(seen) == 0 {
		return err
	}
	var now v1alpha1.AccountList
	if err := r.Live.List(ctx, &now, client.Limit(1)); err != nil {
		return fmt.Errorf("ask how far the cluster is: %w", err)
	}
	if err := isRestored(seen[0].GetResourceVersion(), now.ResourceVersion); err != nil {
		return err
	}
	for _, o := range seen {
		if known, err := r.compare(ctx, o); known || err != nil {
			return err
		}
	}
	return nil
}

// compare compares one object. One that is not there was deleted, or is not there yet: which, is not known.
func (r *Watch) compare(ctx context.Context, seen object.Object) (known bool, err error) {
	same := seen.DeepCopyObject().(object.Object)
	err = r.Live.Get(ctx, client.ObjectKeyFromObject(seen), same)
	if apierrors.IsNotFound(err) || err == nil && same.GetUID() != seen.GetUID() {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ask what became of the newest object: %w", err)
	}
	return true, isRestored(seen.GetResourceVersion(), same.GetResourceVersion())
}

func isRestored(seen, now string) error {
	order, err := resourceversion.CompareResourceVersion(seen, now)
	if err != nil {
		return fmt.Errorf("compare what was seen with how far the cluster is: %w", err)
	}
	if order > 0 {
		return ErrRestored
	}
	return nil
}

// newest are the objects in the cache with the highest resource versions, the highest first.
func (r *Watch) newest(ctx context.Context) (newest []object.Object, err error) {
	for _, kind := range kinds.Claiming() {
		list := kind.NewList()
		if err := r.Cached.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
			return nil, fmt.Errorf("list what is cached: %w", err)
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
			newest = keepNewest(newest, item.(object.Object))
			return nil
		})
	}
	return newest, nil
}

// keepNewest inserts into a list of at most rewindLook.
func keepNewest(newest []object.Object, o object.Object) []object.Object {
	at, _ := slices.BinarySearchFunc(newest, o, func(a, b object.Object) int {
		order, err := resourceversion.CompareResourceVersion(b.GetResourceVersion(), a.GetResourceVersion())
		if err != nil {
			return -1 // one that cannot be compared is behind all others
		}
		return order
	})
	if at == compared {
		return newest
	}
	newest = slices.Insert(newest, at, o)
	return newest[:min(len(newest), compared)]
}

// retryAfter is how long a comparison that found no answer waits for the next. It is short: until an API server that was started again
// answers, no other client writes either, and afterwards the cluster may soon have come as far as it was.
const retryAfter = 250 * time.Millisecond

// Run begins at once: a manager that waited for its Lease has watched all the while. It compares again when a watch
// broke, since an API server has to be started again to serve an older state, and at the resync, until ctx ends.
func (r *Watch) Run(ctx context.Context) {
	for logged := false; ctx.Err() == nil; {
		next := timing.Jittered(r.Resync)
		err := r.Compare(ctx)
		switch {
		case errors.Is(err, ErrRestored):
			r.Stop(err)
			return
		case err != nil && ctx.Err() == nil:
			if !logged { // once, however often it is tried
				ctrl.LoggerFrom(ctx).Error(err, "look whether the cluster was put back to an older state")
			}
			next = retryAfter
		}
		logged = err != nil
		r.await(ctx, next)
	}
}

func (r *Watch) await(ctx context.Context, at time.Duration) {
	t := time.NewTimer(at)
	defer t.Stop()
	select {
	case <-r.WatchBroke:
	case <-t.C:
	case <-ctx.Done():
	}
}
