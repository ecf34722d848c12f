// Package lifecycle is what the reconciles of all kinds share: the finalizer, sync, the deletion, one write of status and one event.
package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/controller/statuswatch"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/controller/telemetry"
	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// Reconciler is the life every kind shares. T is a pointer to one of them, as *Account.
type Reconciler[T object.Object] struct {
	Name    store.Kind
	Kind    Kind[T]
	Empty   T // of which new objects are made
	Client  client.Client
	Reader  client.Reader // the API server itself
	Events  *events.Recorder
	Session *leader.Session
	Tracker *syncstate.Tracker
	Changes *telemetry.SourceChanges
	// Succeeded counts an object that is in sync.
	Succeeded func(store.Kind)
	Class     string
	Resync    time.Duration

	Race     FinalizerRace[T]
	Statuses *statuswatch.Statuses
	warnings events.Warnings
}

// Reconcile implements reconcile.ObjectReconciler.
func (r *Reconciler[T]) Reconcile(ctx context.Context, obj T) (ctrl.Result, error) {
	change := r.Changes.Take(r.Name, obj)
	if obj.Common().ClassName != r.Class {
		return ctrl.Result{}, nil
	}
	if err := r.Session.Await(ctx); err != nil {
		return ctrl.Result{}, err
	}
	result, err := r.live(ctx, obj, change)
	switch {
	case errors.Is(err, store.ErrFenced):
		r.Session.Stop(err)
		return ctrl.Result{}, err
	case apierrors.IsConflict(err), errors.Is(err, source.ErrBusy):
		// Not worth a line in the log: the object was written by another client meanwhile, and the next reconcile sees that; or it
		// waits for its turn.
		return ctrl.Result{RequeueAfter: r.Tracker.Conflict(obj.GetUID())}, nil
	}
	r.Tracker.NoConflict(obj.GetUID())
	return result, err
}

// live is one reconcile through the object's life.
func (r *Reconciler[T]) live(ctx context.Context, obj T, change telemetry.SourceChange) (ctrl.Result, error) {
	obj, err := r.current(ctx, obj)
	if err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	r.warn(obj)
	if !obj.GetDeletionTimestamp().IsZero() {
		return r.end(ctx, obj)
	}
	if obj.Common().Suspend {
		return ctrl.Result{}, r.suspended(ctx, obj)
	}
	if err := r.ensureFinalizer(ctx, obj); err != nil {
		return ctrl.Result{}, err
	}
	before := obj.DeepCopyObject().(T)
	corrected := events.Event{}
	if r.Statuses.Restore(obj) {
		corrected = events.StatusMended
	}
	if object.ReconcileRequested(obj) || r.due(obj) {
		r.Tracker.Invalidate(obj.GetUID())
	}
	event, got := r.sync(ctx, obj)
	r.Changes.End(change, got)
	if errors.Is(got, outcome.ErrInSync) {
		return r.settle(ctx, before, obj, corrected)
	}
	result, err := r.record(ctx, before, obj, event.Or(corrected), got)
	if err != nil {
		// Status may not say what was found, and a status that is Ready all the same would hide that.
		r.Tracker.Invalidate(obj.GetUID())
	}
	return result, err
}

// warn sends the events that what others wrote at the object gives cause to.
func (r *Reconciler[T]) warn(obj T) {
	for _, warning := range r.warnings.Due(obj, r.Statuses.Inherited) {
		r.Events.Send(obj, warning)
	}
}

// suspended reports that the object is left alone.
func (r *Reconciler[T]) suspended(ctx context.Context, obj T) error {
	before := obj.DeepCopyObject().(T)
	r.Statuses.Restore(obj)
	status.ConcludeSuspended(obj)
	return r.writeStatus(ctx, before, obj)
}

// settle ends a reconcile that found nothing to do but, at most, a status that another client wrote.
func (r *Reconciler[T]) settle(ctx context.Context, before, obj T, corrected events.Event) (ctrl.Result, error) {
	if corrected == (events.Event{}) && !r.Statuses.NeedsSignature(obj) {
		r.Statuses.Confirm(obj)
	} else if err := r.writeStatus(ctx, before, obj); err != nil {
		return ctrl.Result{}, err
	}
	r.Events.Send(obj, corrected)
	return ctrl.Result{RequeueAfter: object.ResyncInterval(obj)}, nil
}

// sync is the kind's, but for an object of another store.
func (r *Reconciler[T]) sync(ctx context.Context, obj T) (events.Event, error) {
	if err := r.Session.HeldBack(obj); err != nil {
		return events.Event{}, err
	}
	return r.Kind.Sync(ctx, obj)
}

// remove is the kind's, but for an object of another store.
func (r *Reconciler[T]) remove(ctx context.Context, obj T) error {
	if err := r.Session.HeldBack(obj); err != nil {
		return err
	}
	return r.Kind.Remove(ctx, obj)
}

// due reports whether an object with an interval of its own was last compared so long ago that it is time again.
func (r *Reconciler[T]) due(obj T) bool {
	interval := object.ResyncInterval(obj)
	return interval > 0 && r.Tracker.SinceVerified(obj.GetUID()) > interval/2
}

// end removes what the object stands for and lets it go.
func (r *Reconciler[T]) end(ctx context.Context, obj T) (ctrl.Result, error) {
	before := obj.DeepCopyObject().(T)
	if !controllerutil.ContainsFinalizer(obj, v1alpha1.Finalizer) {
		r.Statuses.Restore(obj)
		status.ConcludeLeft(obj)
		return ctrl.Result{}, r.writeStatus(ctx, before, obj)
	}
	obj, err := r.asItIs(ctx, obj)
	if err != nil || !controllerutil.ContainsFinalizer(obj, v1alpha1.Finalizer) {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	before = obj.DeepCopyObject().(T)
	r.Statuses.Restore(obj)
	if !object.Forgotten(obj) {
		if err := r.remove(ctx, obj); err != nil {
			return r.record(ctx, before, obj, events.Event{}, err)
		}
	}
	r.Tracker.RowsRemoved(obj.GetUID())
	if err := r.release(ctx, before, obj); err != nil {
		return ctrl.Result{}, err
	}
	before = obj.DeepCopyObject().(T)
	controllerutil.RemoveFinalizer(obj, v1alpha1.Finalizer)
	if err := client.IgnoreNotFound(r.Client.Patch(ctx, obj, locked(before))); err != nil {
		return ctrl.Result{}, err
	}
	r.Events.Send(obj, events.Gone(obj))
	return ctrl.Result{}, nil
}

// release has an object that another finalizer keeps say, before ours goes, that the store has nothing of it any more. One that
// goes at once has no one who reads it.
func (r *Reconciler[T]) release(ctx context.Context, before, obj T) error {
	if len(status.OtherFinalizers(obj)) == 0 {
		return nil
	}
	status.ConcludeReleased(obj, events.Gone(obj).Message)
	if err := r.writeStatus(ctx, before, obj); err != nil {
		return err
	}
	r.Kind.Released(ctx, obj)
	return nil
}

// Deleted is called for every object that is gone. Whether it bypassed the finalizer has to be found before its state is forgotten.
func (r *Reconciler[T]) Deleted(e event.DeleteEvent) {
	r.Race.deleted(e)
	r.Tracker.Forget(e.Object.GetUID())
	r.warnings.Forget(e.Object.GetUID())
	r.Statuses.Forget(e.Object.GetUID())
	r.Kind.Forget(e.Object.GetUID())
}

// Seen is called with every state of an object that the watch brings. What another manager serves, that one reports.
func (r *Reconciler[T]) Seen(obj client.Object) {
	if o, ours := obj.(T); ours && o.Common().ClassName == r.Class {
		r.Statuses.Saw(obj)
	}
}

// ensureFinalizer writes only where admission has not put the finalizer already.
func (r *Reconciler[T]) ensureFinalizer(ctx context.Context, obj T) error {
	before := obj.DeepCopyObject().(T)
	if !controllerutil.AddFinalizer(obj, v1alpha1.Finalizer) {
		return nil
	}
	r.Tracker.AddingFinalizer(obj.GetUID())
	err := r.Client.Patch(ctx, obj, locked(before))
	r.Tracker.Own(obj, err)
	return err
}

// record judges the outcome and reports it: one write of status if anything differs, at most one event.
func (r *Reconciler[T]) record(ctx context.Context, before, obj T, event events.Event, got error) (ctrl.Result, error) {
	if ctx.Err() != nil || errors.Is(got, store.ErrFenced) || errors.Is(got, source.ErrBusy) || apierrors.IsConflict(got) {
		return ctrl.Result{}, errors.Join(got, ctx.Err())
	}
	v := outcome.Judge(got)
	if v.Message == outcome.StoreHolds {
		v.Message = status.AsItStands(obj)
	}
	reasonBefore, _ := status.ReadyReason(obj)
	status.Conclude(obj, v)
	r.Session.Places(before, obj, v)
	if err := r.writeStatus(ctx, before, obj); err != nil {
		return ctrl.Result{}, errors.Join(v.Retry, err)
	}
	if v.Ready {
		r.Succeeded(r.Name)
	}
	r.Events.Send(obj, events.MostImportant(events.Transition(reasonBefore, v), event, v.Ready))
	return r.comeBack(obj, v), v.Retry
}

func (r *Reconciler[T]) comeBack(obj T, v outcome.Verdict) ctrl.Result {
	interval := object.ResyncInterval(obj)
	switch {
	case v.Retry != nil:
		return ctrl.Result{} // the queue's backoff
	case v.After > 0:
		return ctrl.Result{RequeueAfter: v.After}
	case v.Ready && !v.Unfed:
		// Without an interval of its own, what is in sync is looked after by the change feed and the bulk resync of the session.
		return ctrl.Result{RequeueAfter: interval}
	default:
		return ctrl.Result{RequeueAfter: cmp.Or(interval, timing.Jittered(r.Resync))}
	}
}

func (r *Reconciler[T]) writeStatus(ctx context.Context, before, obj T) error {
	err := r.Statuses.Update(ctx, r.Client, before, obj)
	r.Tracker.Own(obj, err)
	return err
}

// locked is a merge patch that carries the resourceVersion, so that it never overwrites what it has not seen.
func locked(before client.Object) client.Patch {
	return client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
}
