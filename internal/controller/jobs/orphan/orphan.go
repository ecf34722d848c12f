// Package orphan finds rows of the store whose object is gone.
package orphan

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/store"
)

// Watch finds orphans: claims that hold rows for objects that are gone, as after a cluster was restored to an
// older state. After a while the names of variables that one held are free for others; nothing is ever deleted for it.
type Watch struct {
	Live  client.Reader
	Known func(store.Claim) bool // whether the cache has the claim's object: then the API server need not be asked
	// Count is called with how many of a kind are old enough.
	Count func(kind store.Kind, orphans int)
	// Age is how long an object must be gone, Every how often orphans are looked for.
	Age, Every time.Duration

	since map[string]time.Time // by UID: when the object was first found gone
}

// Run begins late, since right after a start every object is enqueued anyway, and ends with ctx.
func (o *Watch) Run(ctx context.Context, fenced store.FencedStore) {
	for timing.Pause(ctx, o.Every); ctx.Err() == nil; timing.Pause(ctx, o.Every) {
		if err := o.check(ctx, fenced); err != nil && ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "look for claims without an object")
		}
	}
}

// check counts the orphans, and releases the names of those that are old enough.
func (o *Watch) check(ctx context.Context, fenced store.FencedStore) error {
	found, err := takeCensus(ctx, fenced, o.gone)
	if err != nil {
		return err
	}
	still, old := map[string]time.Time{}, map[store.Kind]int{}
	for _, c := range found.Orphans {
		first, seen := o.since[c.UID]
		if !seen {
			first = time.Now()
		}
		still[c.UID] = first
		if time.Since(first) < o.Age {
			continue
		}
		old[c.Kind]++
		if found.Alive == 0 {
			continue // more likely this is another cluster than that all is gone
		}
		if err := release(ctx, fenced, c); err != nil {
			return err
		}
	}
	for _, kind := range kinds.Claiming() {
		o.Count(kind.Name, old[kind.Name])
	}
	if found.Alive > 0 {
		if err := o.dropRecords(ctx, fenced, still); err != nil {
			return err
		}
	}
	o.since = still
	return nil
}

// dropRecords forgets what objects applied that are gone for long and hold no row any more, as a set whose account was deleted
// before it. still has the objects that were found gone.
func (o *Watch) dropRecords(ctx context.Context, fenced store.FencedStore, still map[string]time.Time) error {
	for _, kind := range kinds.Claiming() {
		err := store.EachApplied(ctx, fenced, kind.Name, func(a store.Applied) error {
			if _, holds := still[a.Claim.UID]; holds {
				return nil // it is an orphan, and counted
			}
			is, err := o.gone(ctx, a.Claim)
			if !is || err != nil {
				return err
			}
			first, seen := o.since[a.Claim.UID]
			if !seen {
				first = time.Now()
			}
			still[a.Claim.UID] = first
			if time.Since(first) < o.Age {
				return nil
			}
			return Release(ctx, fenced, a.Claim)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *Watch) gone(ctx context.Context, c store.Claim) (bool, error) {
	if o.Known(c) {
		return false, nil
	}
	return objectGone(ctx, o.Live, c)
}

// release frees the names of variables. Whoever asks for one adopts it, with an event.
func release(ctx context.Context, fenced store.FencedStore, c store.Claim) error {
	if c.Kind != store.KindEnvVarSet {
		return nil
	}
	ctrl.LoggerFrom(ctx).Info("releasing the variables of an object that is gone", "claim", c.String(), "uid", c.UID)
	return fenced.RemoveEnvVars(ctx, c, true)
}

// Claims are the claims of the store's cluster that hold rows.
type Claims struct {
	Orphans []store.Claim // their object is gone
	Alive   int           // how many have theirs
}

// Find reads each claim's object live.
func Find(ctx context.Context, fenced store.FencedStore, live client.Reader) (Claims, error) {
	return takeCensus(ctx, fenced, func(ctx context.Context, c store.Claim) (bool, error) { return objectGone(ctx, live, c) })
}

// Release gives up all that an orphan holds; what it stood for stays in the store, unmanaged.
func Release(ctx context.Context, fenced store.FencedStore, c store.Claim) error {
	switch c.Kind {
	case store.KindAccount:
		return fenced.DeleteAccount(ctx, c, store.Deletion{Retain: true})
	case store.KindCloudConnection:
		return fenced.Connections().Delete(ctx, c, true)
	case store.KindSSHKey:
		return fenced.SSHKeys().Delete(ctx, c, true)
	case store.KindEnvVarSet:
		return fenced.RemoveEnvVars(ctx, c, true)
	default:
		return &store.UnsupportedError{Feature: "giving up a claim of the kind " + string(c.Kind)}
	}
}

func takeCensus(ctx context.Context, fenced store.FencedStore, gone func(context.Context, store.Claim) (bool, error)) (found Claims, err error) {
	for _, kind := range kinds.Claiming() {
		err := store.EachClaim(ctx, fenced, kind.Name, func(c store.Claim) error {
			is, err := gone(ctx, c)
			if err != nil {
				return err
			}
			if is {
				found.Orphans = append(found.Orphans, c)
			} else {
				found.Alive++
			}
			return nil
		})
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// objectGone asks the API server itself. What it may not report counts as there: another manager serves that namespace.
func objectGone(ctx context.Context, live client.Reader, c store.Claim) (bool, error) {
	now := &metav1.PartialObjectMetadata{}
	now.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(string(c.Kind)))
	err := live.Get(ctx, types.NamespacedName{Namespace: c.Namespace, Name: c.Name}, now)
	switch {
	case apierrors.IsNotFound(err):
		return true, nil
	case apierrors.IsForbidden(err):
		return false, nil
	case err != nil:
		return false, outcome.FromAPI(fmt.Errorf("look for the object of a claim: %w", err))
	}
	return string(now.UID) != c.UID, nil
}
