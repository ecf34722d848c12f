// Package accountaction is the kind AccountAction: a button that is pressed once.
package accountaction

import (
	"context"
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/jobs/counts"
	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/controller/statuswatch"
	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/store"
)

// Reconciler reconciles the kind AccountAction: a button pressed once. It has no finalizer and no life like the other
// kinds; the store remembers by its UID how it ended.
type Reconciler struct {
	Reader   *clusterview.Reader
	Session  *leader.Session
	Counts   *counts.Counts
	Mails    bool // mails with links go out
	Acted    func(v1alpha1.ActionType, outcome.Verdict)
	Client   client.Client
	Events   *events.Recorder
	Statuses *statuswatch.Statuses
	Class    string
	Resync   time.Duration
}

// Reconcile implements reconcile.ObjectReconciler.
func (k *Reconciler) Reconcile(ctx context.Context, x *v1alpha1.AccountAction) (ctrl.Result, error) {
	result, err := k.pass(ctx, x)
	if errors.Is(err, store.ErrFenced) {
		k.Session.Stop(err)
	}
	return result, err
}

func (k *Reconciler) pass(ctx context.Context, x *v1alpha1.AccountAction) (ctrl.Result, error) {
	if !x.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil
	}
	if err := k.Session.Await(ctx); err != nil {
		return ctrl.Result{}, err
	}
	before := x.DeepCopy()
	k.Statuses.Restore(x)
	if before.Finished() && fellInto(before, k.Session.Identity()) {
		x.Status = *before.Status.DeepCopy() // what is not known any more is not done a second time, whoever says that it was
	}
	if x.Finished() {
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

// finish is a reconcile of an action that is over.
func (k *Reconciler) finish(ctx context.Context, before, x *v1alpha1.AccountAction) (ctrl.Result, error) {
	event, err := k.findUndone(ctx, x)
	if err != nil {
		return ctrl.Result{}, err
	}
	if err := k.Statuses.Update(ctx, k.Client, before, x); err != nil {
		return ctrl.Result{}, err
	}
	k.Events.Send(x, event)
	return k.expire(ctx, x)
}

// errForeignClass says that another manager serves the Account.
var errForeignClass = errors.New("of another class")

// act has the store perform the action, which it does once however often it is asked.
func (k *Reconciler) act(ctx context.Context, x *v1alpha1.AccountAction) (store.ActionResult, error) {
	a, err := k.managed(ctx, x)
	switch {
	case apierrors.IsNotFound(err):
		return store.ActionResult{}, clusterview.AccountNotFound(x.AccountName())
	case errors.Is(err, errForeignClass):
		return store.ActionResult{}, err
	case err != nil:
		return store.ActionResult{}, outcome.FromAPI(err)
	case a.Observes():
		return store.ActionResult{}, clusterview.AccountNotManaged(a.Name)
	}
	action, err := k.Reader.Claim(ctx, store.KindAccountAction, x)
	if err != nil {
		return store.ActionResult{}, err
	}
	account, err := k.Reader.Claim(ctx, store.KindAccount, a)
	if err != nil {
		return store.ActionResult{}, err
	}
	result, err := k.Session.Fenced().Act(ctx, action, account, actionRequest(x))
	if errors.Is(err, store.ErrNotFound) {
		return result, clusterview.AccountNotReady(a.Name)
	}
	if err == nil {
		k.Counts.RefreshNow(account)
	}
	return result, err
}

func actionRequest(x *v1alpha1.AccountAction) store.ActionRequest {
	return store.ActionRequest{Type: store.ActionType(x.Spec.Type), Email: x.Spec.Email}
}

// record reports how it went: one write of status if anything differs, one event when it is over.
func (k *Reconciler) record(ctx context.Context, before, x *v1alpha1.AccountAction, result store.ActionResult, outcome error) (ctrl.Result, error) {
	v := judgeAction(k.Mails, x.Spec.Type, result, outcome)
	concludeAction(x, v, result)
	if err := k.Statuses.Update(ctx, k.Client, before, x); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	switch {
	case outcome == nil:
		k.Acted(x.Spec.Type, v)
		k.Events.Send(x, actionNews(v))
		return k.expire(ctx, x)
	case v.Retry != nil:
		return ctrl.Result{}, v.Retry
	default:
		return ctrl.Result{RequeueAfter: max(v.After, timing.Jittered(k.Resync))}, nil
	}
}

// expire deletes an action whose time is over. The preconditions keep it from hitting a namesake.
func (k *Reconciler) expire(ctx context.Context, x *v1alpha1.AccountAction) (ctrl.Result, error) {
	ttl := x.Spec.TTLSecondsAfterFinished
	if ttl == nil || x.Status.CompletionTime == nil {
		return ctrl.Result{}, nil
	}
	end := x.Status.CompletionTime.Add(time.Duration(*ttl) * time.Second)
	if left := time.Until(end); left > 0 {
		return ctrl.Result{RequeueAfter: left}, nil
	}
	err := k.Client.Delete(ctx, x, client.Preconditions{UID: &x.UID})
	return ctrl.Result{}, client.IgnoreNotFound(err)
}

func concludeAction(x *v1alpha1.AccountAction, v outcome.Verdict, result store.ActionResult) {
	s := &x.Status
	s.ObservedGeneration = x.Generation
	if s.StartTime == nil {
		now := metav1.Now()
		s.StartTime = &now
	}
	c := status.NewConditions(&s.Conditions, x.Generation)
	c.Set(v1alpha1.ConditionReady, status.ConditionStatus(v.Ready), v)
	c.SetWhile(v1alpha1.ConditionStalled, v.Stalled, v)
	if result.At.IsZero() {
		return
	}
	done := metav1.NewTime(result.At.Truncate(time.Second))
	s.CompletionTime = &done
	c.SetWhile(v1alpha1.ConditionComplete, v.Ready, v)
	c.SetWhile(v1alpha1.ConditionFailed, !v.Ready, v)
}
