package lifecycle

import (
	"context"
	"errors"
	"slices"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// FinalizerRace are objects that went although they had our finalizer. A deletion that was under way when the finalizer came does not
// look at it (kubernetes/kubernetes#77988): the API server accepts both, the object is gone, and what a reconcile made for it
// meanwhile would stay in the store for ever. It takes a finalizer that this manager put just now, and an end of which the API
// server itself reported: what is only missing, as after a restore, was not deleted by any client.
type FinalizerRace[T object.Object] struct {
	Tracker *syncstate.Tracker
	mu      sync.Mutex
	gone    map[types.NamespacedName][]T
}

// deleted receives every object that goes, and keeps those that went past the finalizer.
func (b *FinalizerRace[T]) deleted(e event.DeleteEvent) {
	obj, ours := e.Object.(T)
	if !ours || e.DeleteStateUnknown || !obj.GetDeletionTimestamp().IsZero() || !controllerutil.ContainsFinalizer(obj, v1alpha1.Finalizer) {
		return
	}
	if !b.Tracker.FinalizerIsNew(obj.GetUID()) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone == nil {
		b.gone = map[types.NamespacedName][]T{}
	}
	name := client.ObjectKeyFromObject(obj)
	b.gone[name] = append(b.gone[name], obj.DeepCopyObject().(T))
}

func (b *FinalizerRace[T]) named(name types.NamespacedName) []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.gone[name])
}

// over forgets an object that went.
func (b *FinalizerRace[T]) over(obj T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name := client.ObjectKeyFromObject(obj)
	b.gone[name] = slices.DeleteFunc(b.gone[name], func(o T) bool { return o.GetUID() == obj.GetUID() })
	if len(b.gone[name]) == 0 {
		delete(b.gone, name)
	}
}

// NewAfterGone puts the ending of what went past the finalizer before the reconciles of a kind.
func NewAfterGone[T object.Object](passes reconcile.Reconciler, life *Reconciler[T]) reconcile.Reconciler {
	return afterGone[T]{passes, life}
}

// afterGone ends what went past the finalizer, before anything else is done under its name.
type afterGone[T object.Object] struct {
	reconcile.Reconciler

	life *Reconciler[T]
}

// Reconcile implements reconcile.Reconciler. What hinders an end has no status to stand in: the log reports it, and what has to stay is an
// orphan from then on.
func (g afterGone[T]) Reconcile(ctx context.Context, request reconcile.Request) (ctrl.Result, error) {
	for _, obj := range g.life.Race.named(request.NamespacedName) {
		switch err := g.life.endBypassed(ctx, obj); {
		case errors.Is(err, store.ErrFenced):
			g.life.Session.Stop(err)
			return ctrl.Result{}, err
		case err != nil && outcome.Judge(err).Retry != nil && !apierrors.IsNotFound(err): // its namespace may be gone as well
			return ctrl.Result{}, err
		case err != nil:
			ctrl.LoggerFrom(ctx).Error(err, "the object was deleted past its finalizer, and what it stands for has to stay", "uid", obj.GetUID())
		}
		g.life.Race.over(obj)
	}
	return g.Reconciler.Reconcile(ctx, request)
}

// endBypassed removes what an object stood for that is gone, as its last state says.
func (r *Reconciler[T]) endBypassed(ctx context.Context, obj T) error {
	if err := r.Session.Await(ctx); err != nil {
		return err
	}
	switch _, err := r.asItIs(ctx, obj); {
	case err == nil:
		return nil // it is there
	case !apierrors.IsNotFound(err) && !apierrors.IsConflict(err):
		return err
	}
	if !object.Forgotten(obj) {
		if err := r.remove(ctx, obj); err != nil {
			return err
		}
	}
	r.Tracker.Forget(obj.GetUID())
	r.Events.Send(obj, events.Gone(obj))
	return nil
}
