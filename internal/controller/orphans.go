package controller

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
	"github.com/account-operator/account-operator/internal/store"
)

var claimingKinds = []store.Kind{store.KindAccount, store.KindEnvVarSet, store.KindCloudConnection}

// orphanWatch looks for orphans: claims that hold rows for objects that are gone, as after a cluster was restored to an
// older state. After a while the names of variables that one held are free for others; nothing is ever deleted for it.
type orphanWatch struct {
	live    client.Reader
	known   func(store.Claim) bool // whether the cache has the claim's object: then the API server need not be asked
	metrics *metrics
	age     time.Duration
	since   map[string]time.Time // by UID: when the object was first found gone
}

// look counts the orphans, and releases the names of those that are old enough.
func (o *orphanWatch) look(ctx context.Context, led store.Led) error {
	still := map[string]time.Time{}
	for _, kind := range claimingKinds {
		old := 0
		err := eachOrphan(ctx, led, kind, o.gone, func(c store.Claim) error {
			first, seen := o.since[c.UID]
			if !seen {
				first = time.Now()
			}
			still[c.UID] = first
			if time.Since(first) < o.age {
				return nil
			}
			old++
			return release(ctx, led, c)
		})
		if err != nil {
			return err
		}
		o.metrics.orphans.WithLabelValues(string(kind)).Set(float64(old))
	}
	o.since = still
	return nil
}

func (o *orphanWatch) gone(ctx context.Context, c store.Claim) (bool, error) {
	if o.known(c) {
		return false, nil
	}
	return objectGone(ctx, o.live, c)
}

// release frees the names of variables. Whoever asks for one adopts it, with an event.
func release(ctx context.Context, led store.Led, c store.Claim) error {
	if c.Kind != store.KindEnvVarSet {
		return nil
	}
	ctrl.LoggerFrom(ctx).Info("releasing the variables of an object that is gone", "claim", c.String(), "uid", c.UID)
	return led.RemoveEnvVars(ctx, c, true)
}

// Orphans lists the claims of the store's cluster whose object is gone by a live read.
func Orphans(ctx context.Context, led store.Led, live client.Reader) (all []store.Claim, err error) {
	gone := func(ctx context.Context, c store.Claim) (bool, error) { return objectGone(ctx, live, c) }
	for _, kind := range claimingKinds {
		err := eachOrphan(ctx, led, kind, gone, func(c store.Claim) error {
			all = append(all, c)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Release gives up all that an orphan holds; what it stood for stays in the store, managed by nobody.
func Release(ctx context.Context, led store.Led, c store.Claim) error {
	switch c.Kind {
	case store.KindAccount:
		return led.DeleteAccount(ctx, c, store.Deletion{Retain: true})
	case store.KindCloudConnection:
		return led.DeleteConnection(ctx, c, true)
	default:
		return led.RemoveEnvVars(ctx, c, true)
	}
}

const claimsPage = 1000

func eachOrphan(
	ctx context.Context, led store.Led, kind store.Kind, gone func(context.Context, store.Claim) (bool, error), do func(store.Claim) error,
) error {
	for after := ""; ; {
		page, err := led.Claims(ctx, kind, after, claimsPage)
		if err != nil {
			return err
		}
		for _, c := range page {
			is, err := gone(ctx, c)
			if err != nil {
				return err
			}
			if is {
				if err := do(c); err != nil {
					return err
				}
			}
		}
		if len(page) < claimsPage {
			return nil
		}
		after = page[len(page)-1].UID
	}
}

// objectGone asks the API server itself. What it may not tell counts as there: another manager serves that namespace.
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
		return false, fromAPI(fmt.Errorf("look for the object of a claim: %w", err))
	}
	return string(now.UID) != c.UID, nil
}
