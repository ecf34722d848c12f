package controller

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// undone is what is said of an action that the store knows nothing of any more.
var undone = verdict{
	reason: v1alpha1.ReasonStorePutBack,
	message: "the store was put back to a state of before this action was performed, so what it did is undone; " +
		"it is not performed again: create another action if it is still wanted",
}

// findUndone notes in the status of an action that is over that the store was put back to before it. It is never performed a second
// time: nobody asked for that.
func (k *accountActions) findUndone(ctx context.Context, x *v1alpha1.AccountAction) (news, error) {
	if !fellInto(x, k.leading.known.Load()) || meta.IsStatusConditionTrue(x.Status.Conditions, v1alpha1.ConditionUndone) {
		return news{}, nil
	}
	if ours, err := k.serves(ctx, x); !ours || err != nil {
		return news{}, err
	}
	action, err := k.world.claim(ctx, store.KindAccountAction, x)
	if err != nil {
		return news{}, err
	}
	if acted, err := k.leading.led.Acted(ctx, action); acted || err != nil {
		return news{}, err
	}
	conditions{&x.Status.Conditions, x.Generation}.setWhile(v1alpha1.ConditionUndone, true, undone)
	return news{corev1.EventTypeWarning, "ActionUndone", undone.message}, nil
}

// fellInto tells whether an action ended in the span that a store lost when it was put back last. Status keeps whole seconds.
func fellInto(x *v1alpha1.AccountAction, is *store.Identity) bool {
	if is == nil || is.Incarnation == 0 {
		return false
	}
	end := x.Status.CompletionTime.Time
	return !end.Before(is.PutBackTo.Truncate(time.Second)) && !end.After(is.Began())
}

// serves tells whether the action's Account is this manager's.
func (k *accountActions) serves(ctx context.Context, x *v1alpha1.AccountAction) (bool, error) {
	_, err := k.managed(ctx, x)
	if errors.Is(err, errForeignClass) || apierrors.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// managed is the action's Account; errForeignClass where another manager serves it.
func (k *accountActions) managed(ctx context.Context, x *v1alpha1.AccountAction) (*v1alpha1.Account, error) {
	var a v1alpha1.Account
	err := k.world.cached.Get(ctx, types.NamespacedName{Namespace: x.Namespace, Name: x.Spec.AccountRef.Name}, &a)
	if err == nil && a.Spec.ClassName != k.class {
		err = errForeignClass
	}
	return &a, err
}
