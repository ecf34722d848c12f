package accountaction

import (
	"context"
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/store"
)

// undone is what is said of an action that the store knows nothing of any more.
var undone = outcome.Verdict{
	Reason: v1alpha1.ReasonStorePutBack,
	Message: "the store was put back to a state of before this action was performed, so what it did is undone; " +
		"it is not performed again: create another action if it is still wanted",
}

// findUndone notes in the status of an action that is over that the store was put back to before it. It is never performed a second
// time: no one asked for that.
func (k *Reconciler) findUndone(ctx context.Context, x *v1alpha1.AccountAction) (events.Event, error) {
	if !fellInto(x, k.Session.Identity()) || meta.IsStatusConditionTrue(x.Status.Conditions, v1alpha1.ConditionUndone) {
		return events.Event{}, nil
	}
	if ours, err := k.serves(ctx, x); !ours || err != nil {
		return events.Event{}, err
	}
	action, err := k.Reader.Claim(ctx, store.KindAccountAction, x)
	if err != nil {
		return events.Event{}, err
	}
	if acted, err := k.Session.Fenced().Acted(ctx, action); acted || err != nil {
		return events.Event{}, err
	}
	status.NewConditions(&x.Status.Conditions, x.Generation).SetWhile(v1alpha1.ConditionUndone, true, undone)
	return events.Warning("ActionUndone", undone.Message), nil
}

// fellInto reports whether an action ended in the span that a store lost when it was put back last. Status keeps whole seconds.
func fellInto(x *v1alpha1.AccountAction, is *store.Identity) bool {
	if is == nil || is.Incarnation == 0 {
		return false
	}
	end := x.Status.CompletionTime.Time
	return !end.Before(is.PutBackTo.Truncate(time.Second)) && !end.After(is.Began())
}

// serves reports whether the action's Account is this manager's.
func (k *Reconciler) serves(ctx context.Context, x *v1alpha1.AccountAction) (bool, error) {
	_, err := k.managed(ctx, x)
	if errors.Is(err, errForeignClass) || apierrors.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// managed is the action's Account; errForeignClass where another manager serves it.
func (k *Reconciler) managed(ctx context.Context, x *v1alpha1.AccountAction) (*v1alpha1.Account, error) {
	var a v1alpha1.Account
	err := k.Reader.Cached.Get(ctx, types.NamespacedName{Namespace: x.Namespace, Name: x.AccountName()}, &a)
	if err == nil && a.Spec.ClassName != k.Class {
		err = errForeignClass
	}
	return &a, err
}
