package controller

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// reconciler is the life every kind shares. T is *Account, *EnvVarSet, *CloudConnection.
type reconciler[T object] struct {
	name    store.Kind
	kind    kind[T]
	empty   T // of which new objects are made
	client  client.Client
	reader  client.Reader // the API server itself
	herald  *herald
	leading *leading
	class   string
	resync  time.Duration

	bypassed bypassed[T]
	reported *reported
	warnings warnings
}

// Reconcile implements reconcile.ObjectReconciler.
func (r *reconciler[T]) Reconcile(ctx context.Context, obj T) (ctrl.Result, error) {
	change := r.leading.changes.take(r.name, obj)
	if obj.Common().ClassName != r.class {
		return ctrl.Result{}, nil
	}
	if err := r.leading.await(ctx); err != nil {
		return ctrl.Result{}, err
	}
	result, err := r.live(ctx, obj, change)
	switch {
	case errors.Is(err, store.ErrFenced):
		r.leading.stop(err)
		return ctrl.Result{}, err
	case apierrors.IsConflict(err), errors.Is(err, source.ErrBusy):
		// Not worth a line in the log: the object was written by somebody else meanwhile, and the next pass sees that; or it
		// waits for its turn.
		return ctrl.Result{RequeueAfter: r.leading.state.Conflict(obj.GetUID())}, nil
	}
	r.leading.state.NoConflict(obj.GetUID())
	return result, err
}

// live is one pass through the object's life.
func (r *reconciler[T]) live(ctx context.Context, obj T, change sourceChange) (ctrl.Result, error) {
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
	mended := news{}
	if r.reported.restore(obj) {
		mended = statusMended
	}
	if asked(obj) || r.due(obj) {
		r.leading.state.Invalidate(obj.GetUID())
	}
	heard, outcome := r.sync(ctx, obj)
	r.leading.changes.end(change, outcome)
	if errors.Is(outcome, errSettled) {
		return r.settle(ctx, before, obj, mended)
	}
	result, err := r.record(ctx, before, obj, heard.or(mended), outcome)
	if err != nil {
		// Status may not say what was found, and a status that is Ready all the same would hide that.
		r.leading.state.Invalidate(obj.GetUID())
	}
	return result, err
}

// warn sends the events that what others wrote at the object gives cause to.
func (r *reconciler[T]) warn(obj T) {
	for _, warning := range r.warnings.due(obj, r.reported.inherited) {
		r.herald.tell(obj, warning)
	}
}

// suspended reports that the object is left alone.
func (r *reconciler[T]) suspended(ctx context.Context, obj T) error {
	before := obj.DeepCopyObject().(T)
	r.reported.restore(obj)
	concludeSuspended(obj)
	return r.tellStatus(ctx, before, obj)
}

// settle ends a pass that found nothing to do but, at most, a status that another client wrote.
func (r *reconciler[T]) settle(ctx context.Context, before, obj T, mended news) (ctrl.Result, error) {
	if mended == (news{}) && !r.reported.signs(obj) {
		r.reported.confirm(obj)
	} else if err := r.tellStatus(ctx, before, obj); err != nil {
		return ctrl.Result{}, err
	}
	r.herald.tell(obj, mended)
	return ctrl.Result{RequeueAfter: ownInterval(obj)}, nil
}

// sync is the kind's, but for an object of another store.
func (r *reconciler[T]) sync(ctx context.Context, obj T) (news, error) {
	if err := r.leading.heldBack(obj); err != nil {
		return news{}, err
	}
	return r.kind.sync(ctx, obj)
}

// remove is the kind's, but for an object of another store.
func (r *reconciler[T]) remove(ctx context.Context, obj T) error {
	if err := r.leading.heldBack(obj); err != nil {
		return err
	}
	return r.kind.remove(ctx, obj)
}

// due tells whether an object with an interval of its own was last compared so long ago that it is time again.
func (r *reconciler[T]) due(obj T) bool {
	interval := ownInterval(obj)
	return interval > 0 && r.leading.state.SinceVerified(obj.GetUID()) > interval/2
}

// end removes what the object stands for and lets it go.
func (r *reconciler[T]) end(ctx context.Context, obj T) (ctrl.Result, error) {
	before := obj.DeepCopyObject().(T)
	if !controllerutil.ContainsFinalizer(obj, v1alpha1.Finalizer) {
		r.reported.restore(obj)
		concludeLeft(obj)
		return ctrl.Result{}, r.tellStatus(ctx, before, obj)
	}
	obj, err := r.asItIs(ctx, obj)
	if err != nil || !controllerutil.ContainsFinalizer(obj, v1alpha1.Finalizer) {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	before = obj.DeepCopyObject().(T)
	r.reported.restore(obj)
	if !forgotten(obj) {
		if err := r.remove(ctx, obj); err != nil {
			return r.record(ctx, before, obj, news{}, err)
		}
	}
	r.leading.state.RowsRemoved(obj.GetUID())
	if err := r.release(ctx, before, obj); err != nil {
		return ctrl.Result{}, err
	}
	before = obj.DeepCopyObject().(T)
	controllerutil.RemoveFinalizer(obj, v1alpha1.Finalizer)
	if err := client.IgnoreNotFound(r.client.Patch(ctx, obj, locked(before))); err != nil {
		return ctrl.Result{}, err
	}
	r.herald.tell(obj, farewell(obj))
	return ctrl.Result{}, nil
}

// release has an object that another finalizer keeps say, before ours goes, that the store has nothing of it any more. One that
// goes at once has nobody who reads it.
func (r *reconciler[T]) release(ctx context.Context, before, obj T) error {
	if len(otherFinalizers(obj)) == 0 {
		return nil
	}
	concludeReleased(obj, farewell(obj).message)
	if err := r.tellStatus(ctx, before, obj); err != nil {
		return err
	}
	r.kind.released(ctx, obj)
	return nil
}

// deleted is called for every object that is gone. Whether it bypassed the finalizer has to be found before its state is forgotten.
func (r *reconciler[T]) deleted(e event.DeleteEvent) {
	r.bypassed.deleted(e)
	r.leading.state.Forget(e.Object.GetUID())
	r.warnings.forget(e.Object.GetUID())
	r.reported.forget(e.Object.GetUID())
	r.leading.rows.forget(e.Object.GetUID())
}

// seen is called with every state of an object that the watch brings. What another manager serves, that one reports.
func (r *reconciler[T]) seen(obj client.Object) {
	if o, ours := obj.(T); ours && o.Common().ClassName == r.class {
		r.reported.saw(obj)
	}
}

// ensureFinalizer writes only where admission has not put the finalizer already.
func (r *reconciler[T]) ensureFinalizer(ctx context.Context, obj T) error {
	before := obj.DeepCopyObject().(T)
	if !controllerutil.AddFinalizer(obj, v1alpha1.Finalizer) {
		return nil
	}
	r.leading.state.AddingFinalizer(obj.GetUID())
	err := r.client.Patch(ctx, obj, locked(before))
	r.leading.state.Own(obj, err)
	return err
}

// record judges the outcome and tells it: one write of status if anything differs, at most one event.
func (r *reconciler[T]) record(ctx context.Context, before, obj T, heard news, outcome error) (ctrl.Result, error) {
	if ctx.Err() != nil || errors.Is(outcome, store.ErrFenced) || errors.Is(outcome, source.ErrBusy) || apierrors.IsConflict(outcome) {
		return ctrl.Result{}, errors.Join(outcome, ctx.Err())
	}
	v := judge(outcome)
	if v.message == inSync {
		v.message = asItStands(obj)
	}
	reasonBefore, _ := readyReason(obj)
	conclude(obj, v)
	r.leading.places(before, obj, v)
	if err := r.tellStatus(ctx, before, obj); err != nil {
		return ctrl.Result{}, errors.Join(v.retry, err)
	}
	if v.ready {
		r.leading.metrics.succeeded(r.name)
	}
	r.herald.tell(obj, loudest(transition(reasonBefore, v), heard, v.ready))
	return r.comeBack(obj, v), v.retry
}

func (r *reconciler[T]) comeBack(obj T, v verdict) ctrl.Result {
	interval := ownInterval(obj)
	switch {
	case v.retry != nil:
		return ctrl.Result{} // the queue's backoff
	case v.after > 0:
		return ctrl.Result{RequeueAfter: v.after}
	case v.ready && !v.unfed:
		// Without an interval of its own, what is in sync is looked after by the change feed and the bulk resync of leading.
		return ctrl.Result{RequeueAfter: interval}
	default:
		return ctrl.Result{RequeueAfter: cmp.Or(interval, jittered(r.resync))}
	}
}

func (r *reconciler[T]) tellStatus(ctx context.Context, before, obj T) error {
	err := r.reported.update(ctx, r.client, before, obj)
	r.leading.state.Own(obj, err)
	return err
}

// updateStatus writes status. It names the version that it was made from, as a locked patch would, and costs less on both sides:
// nobody has to find out what differs, and the API server need not spell out the object that it has. Of what the cache leaves
// out nothing is lost, since all but status is kept as it is.
func updateStatus(ctx context.Context, c client.Client, obj client.Object) error {
	return client.IgnoreNotFound(c.Status().Update(ctx, obj))
}

// locked is a merge patch that carries the resourceVersion, so that it never overwrites what it has not seen.
func locked(before client.Object) client.Patch {
	return client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
}

// jittered spreads d over 75 % to 125 %, so that what was blocked together does not come back together.
func jittered(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.75 + rand.Float64()/2)) //nolint:gosec // spreading load needs no cryptography
}
