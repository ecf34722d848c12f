package account

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/store"
)

// ReportPutBack sends an event for each account whose holder did something that a store that was put back has undone, as far as status had
// shown it; of passwords it has not. to is the time of the store's state.
func ReportPutBack(ctx context.Context, fenced store.FencedStore, cached client.Reader, recorder *events.Recorder, to string) error {
	return store.EachAccount(ctx, fenced, func(got store.Account) error {
		var shown v1alpha1.Account
		if !isShown(ctx, cached, got.Claim, &shown) || !HolderChanged(&shown, got) {
			return nil
		}
		recorder.Send(&shown, events.Warning("HolderPutBack",
			"the store was put back to its state of "+to+": whether the address is confirmed, and the second factor, are as they were then, "+
				"and perhaps the password; have the holder choose one anew with an AccountAction of type SendPasswordReset"))
		return nil
	})
}

// isShown reads the claim's object, and reports whether it is there and its status shows the account.
func isShown(ctx context.Context, cached client.Reader, c store.Claim, a *v1alpha1.Account) bool {
	err := cached.Get(ctx, client.ObjectKey{Namespace: c.Namespace, Name: c.Name}, a)
	return err == nil && string(a.UID) == c.UID && a.Status.AccountID != ""
}

// HolderChanged reports whether status shows another confirmed address or second factor than the account has. It is pure.
func HolderChanged(a *v1alpha1.Account, got store.Account) bool {
	would := a.DeepCopy()
	View{}.Report(would, got)
	factors := func(s *v1alpha1.TwoFactorStatus) v1alpha1.TwoFactorState {
		if s == nil {
			return ""
		}
		return s.State
	}
	return !a.Status.EmailVerifiedTime.Equal(would.Status.EmailVerifiedTime) ||
		factors(a.Status.TwoFactor) != factors(would.Status.TwoFactor)
}
