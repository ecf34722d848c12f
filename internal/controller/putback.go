package controller

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// standsAt notes how far the store has come as leading begins, and has a store that was put back begin a new incarnation.
func (l *leading) standsAt(ctx context.Context, putBackFrom *store.Identity) error {
	if putBackFrom != nil {
		if err := l.beginIncarnation(ctx, *putBackFrom); err != nil {
			return err
		}
		return l.led.Vouch(ctx)
	}
	is, err := l.store.Identity(ctx)
	if err != nil {
		return err
	}
	l.known.Store(&is)
	return l.led.Vouch(ctx)
}

// lookForPutBack finds out that the store lost what it had: an asynchronous standby took over, or a copy was put in its place. Then
// what this manager remembers is not so, and neither is what status says. It compares the store with what is known of it: with
// all that this manager wrote, and with what it saw of others.
func (l *leading) lookForPutBack(ctx context.Context) error {
	known := *l.known.Load()
	is, err := l.store.Identity(ctx)
	if err != nil {
		return err
	}
	if is.ID != known.ID {
		return &store.StartupError{
			Problem:  fmt.Sprintf("the address of the store %s leads to another store now, %q", known.ID, is.ID),
			NextStep: "lead it to the right store; the manager says more when it starts again",
		}
	}
	lost, err := l.lost(ctx, is, known)
	if err != nil {
		return err
	}
	if lost || is.Incarnation != known.Incarnation {
		if err := l.beginIncarnation(ctx, known); err != nil {
			return err
		}
		l.outdated = true
	} else {
		l.known.Store(&is)
	}
	if err := l.led.Vouch(ctx); err != nil || !l.outdated {
		return err
	}
	if err := l.lookAtAllAnew(ctx); err != nil {
		return err
	}
	l.outdated = false
	return l.keepRecord(ctx)
}

// lost reports whether the store has less than it is known to have had.
func (l *leading) lost(ctx context.Context, is, known store.Identity) (bool, error) {
	if is.OlderThan(known) {
		return true, nil
	}
	return l.store.Lost(ctx, known.Newest)
}

// lookAtAllAnew has every object compared with what the store has now. It is called again where it fails.
func (l *leading) lookAtAllAnew(ctx context.Context) error {
	if err := l.loadApplied(ctx); err != nil {
		return err
	}
	l.wakeAll(ctx)
	return l.compareAccounts(ctx, true)
}

// beginIncarnation ends what must not come back to life in a store that was put back, and makes that known.
func (l *leading) beginIncarnation(ctx context.Context, known store.Identity) error {
	is, err := l.led.BeginIncarnation(ctx, known)
	if err != nil {
		return err
	}
	l.known.Store(&is)
	to := "before its first write"
	if !is.PutBackTo.IsZero() {
		to = is.PutBackTo.Format(time.RFC3339)
	}
	ctrl.LoggerFrom(ctx).Info("the store was put back to an older state; every object is looked at anew",
		"store", is.ID, "putBackTo", to, "incarnation", is.Incarnation)
	if l.record != nil {
		l.herald.tell(l.record.Object(), news{corev1.EventTypeWarning, "StorePutBack",
			"the store was put back to its state of " + to + ": links that were mailed are void, accounts that are made from now on have IDs " +
				"from " + fmt.Sprint(is.Incarnation) + " on, and passwords and second factors are those of then; see the runbook AccountOperatorStorePutBack"})
	}
	if err := l.tellHolders(ctx, to); err != nil && ctx.Err() == nil {
		ctrl.LoggerFrom(ctx).Error(err, "look whose confirmed address or second factor came back")
	}
	return nil
}

// tellHolders tells of each account whose holder did something that was undone, as far as status had shown it; of passwords it has not.
func (l *leading) tellHolders(ctx context.Context, to string) error {
	return eachPage(func(after string) (int, string, error) {
		page, err := l.led.Accounts(ctx, after, claimsPage)
		last := ""
		for _, got := range page {
			last = got.Claim.UID
			var shown v1alpha1.Account
			name := client.ObjectKey{Namespace: got.Claim.Namespace, Name: got.Claim.Name}
			if l.cached.Get(ctx, name, &shown) != nil || string(shown.UID) != last || shown.Status.AccountID == "" || !holderChanged(&shown, got) {
				continue // not there, or nothing was shown of it yet
			}
			l.herald.tell(&shown, news{corev1.EventTypeWarning, "HolderPutBack",
				"the store was put back to its state of " + to + ": whether the address is confirmed, and the second factor, are as they were then, " +
					"and perhaps the password; have the holder choose one anew with an AccountAction of type SendPasswordReset"})
		}
		return len(page), last, err
	})
}

// wakeAll has a pass made for every object. Those that the store has as they are cost no more than a look at what is remembered.
func (l *leading) wakeAll(ctx context.Context) {
	for kind, list := range map[store.Kind]client.ObjectList{
		store.KindAccount: &v1alpha1.AccountList{}, store.KindEnvVarSet: &v1alpha1.EnvVarSetList{},
		store.KindCloudConnection: &v1alpha1.CloudConnectionList{}, store.KindAccountAction: &v1alpha1.AccountActionList{},
	} {
		if err := l.cached.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
			continue // the cache cannot fail here: the kind is watched
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
			l.queues.add(kind, client.ObjectKeyFromObject(item.(client.Object)))
			return nil
		})
	}
}

// ends tells whether an error of the feed must end the manager, and ends it.
func (l *leading) ends(err error) bool {
	startup := (*store.StartupError)(nil)
	if !errors.As(err, &startup) && !errors.Is(err, store.ErrFenced) {
		return false
	}
	l.stop(err)
	return true
}
