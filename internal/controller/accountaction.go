package controller

import (
	"context"
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// accountActions reconciles the kind AccountAction: a button pressed once. It has no finalizer and no life like the other
// kinds; the store remembers by its UID how it ended.
type accountActions struct {
	world    *world
	leading  *leading
	client   client.Client
	herald   *herald
	reported *reported
	class    string
	resync   time.Duration
}

// Reconcile implements reconcile.ObjectReconciler.
func (k *accountActions) Reconcile(ctx context.Context, x *v1alpha1.AccountAction) (ctrl.Result, error) {
	result, err := k.pass(ctx, x)
	if errors.Is(err, store.ErrFenced) {
		k.leading.stop(err)
	}
	return result, err
}

func (k *accountActions) pass(ctx context.Context, x *v1alpha1.AccountAction) (ctrl.Result, error) {
	if !x.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil
	}
	if err := k.leading.await(ctx); err != nil {
		return ctrl.Result{}, err
	}
	before := x.DeepCopy()
	k.reported.restore(x)
	if finished(before) && fellInto(before, k.leading.known.Load()) {
		x.Status = *before.Status.DeepCopy() // what is not known any more is not done a second time, whoever says that it was
	}
	if finished(x) {
		return k.finish(ctx, before, x)
	}
	result, outcome := k.act(ctx, x)
	switch {
	case errors.Is(outcome, errForeignClass):
		return ctrl.Result{}, nil
	case errors.Is(outcome, store.ErrFenced):
		return ctrl.Result{}, outcome
	case ctx.Err() != nil:
		return ctrl.Result{}, ctx.Err()
	}
	return k.record(ctx, before, x, result, outcome)
}

// finish is a pass of an action that is over.
func (k *accountActions) finish(ctx context.Context, before, x *v1alpha1.AccountAction) (ctrl.Result, error) {
	heard, err := k.findUndone(ctx, x)
	if err != nil {
		return ctrl.Result{}, err
	}
	if err := k.reported.update(ctx, k.client, before, x); err != nil {
		return ctrl.Result{}, err
	}
	k.herald.tell(x, heard)
	return k.expire(ctx, x)
}

// errForeignClass says that another manager serves the Account.
var errForeignClass = errors.New("of another class")

// act has the store perform the action, which it does once however often it is asked.
func (k *accountActions) act(ctx context.Context, x *v1alpha1.AccountAction) (store.ActionResult, error) {
	a, err := k.managed(ctx, x)
	switch {
	case apierrors.IsNotFound(err):
		return store.ActionResult{}, accountNotFound(x.Spec.AccountRef.Name)
	case errors.Is(err, errForeignClass):
		return store.ActionResult{}, err
	case err != nil:
		return store.ActionResult{}, fromAPI(err)
	case a.Observes():
		return store.ActionResult{}, accountNotManaged(a.Name)
	}
	action, err := k.world.claim(ctx, store.KindAccountAction, x)
	if err != nil {
		return store.ActionResult{}, err
	}
	account, err := k.world.claim(ctx, store.KindAccount, a)
	if err != nil {
		return store.ActionResult{}, err
	}
	result, err := k.leading.led.Act(ctx, action, account, actionRequest(x))
	if errors.Is(err, store.ErrNotFound) {
		return result, accountNotReady(a.Name)
	}
	if err == nil {
		k.leading.lookAt(account)
	}
	return result, err
}

func actionRequest(x *v1alpha1.AccountAction) store.ActionRequest {
	return store.ActionRequest{Type: store.ActionType(x.Spec.Type), Email: x.Spec.Email}
}

// record tells how it went: one write of status if anything differs, one event when it is over.
func (k *accountActions) record(ctx context.Context, before, x *v1alpha1.AccountAction, result store.ActionResult, outcome error) (ctrl.Result, error) {
	v := k.leading.view.judgeAction(x.Spec.Type, result, outcome)
	concludeAction(x, v, result)
	if err := k.reported.update(ctx, k.client, before, x); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	switch {
	case outcome == nil:
		k.leading.metrics.acted(x.Spec.Type, v)
		k.herald.tell(x, actionNews(v))
		return k.expire(ctx, x)
	case v.retry != nil:
		return ctrl.Result{}, v.retry
	default:
		return ctrl.Result{RequeueAfter: max(v.after, jittered(k.resync))}, nil
	}
}

// expire deletes an action whose time is over. The preconditions keep it from hitting a namesake.
func (k *accountActions) expire(ctx context.Context, x *v1alpha1.AccountAction) (ctrl.Result, error) {
	ttl := x.Spec.TTLSecondsAfterFinished
	if ttl == nil || x.Status.CompletionTime == nil {
		return ctrl.Result{}, nil
	}
	end := x.Status.CompletionTime.Add(time.Duration(*ttl) * time.Second)
	if left := time.Until(end); left > 0 {
		return ctrl.Result{RequeueAfter: left}, nil
	}
	err := k.client.Delete(ctx, x, client.Preconditions{UID: &x.UID})
	return ctrl.Result{}, client.IgnoreNotFound(err)
}

// finished tells whether status says that it is over. The store would say the same; asking it again would only cost.
func finished(x *v1alpha1.AccountAction) bool {
	return x.Status.CompletionTime != nil
}

func concludeAction(x *v1alpha1.AccountAction, v verdict, result store.ActionResult) {
	s := &x.Status
	s.ObservedGeneration = x.Generation
	if s.StartTime == nil {
		now := metav1.Now()
		s.StartTime = &now
	}
	c := conditions{&s.Conditions, x.Generation}
	c.set(v1alpha1.ConditionReady, boolStatus(v.ready), v)
	c.setWhile(v1alpha1.ConditionStalled, v.stalled, v)
	if result.At.IsZero() {
		return
	}
	done := metav1.NewTime(result.At.Truncate(time.Second))
	s.CompletionTime = &done
	c.setWhile(v1alpha1.ConditionComplete, v.ready, v)
	c.setWhile(v1alpha1.ConditionFailed, !v.ready, v)
}
