package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/store"
)

// Remove ends the account, or only gives it up: by its deletionPolicy, and where it was but observed.
func (k *Kind) Remove(ctx context.Context, a *v1alpha1.Account) error {
	claim, err := k.Reader.Claim(ctx, store.KindAccount, a)
	if err != nil {
		return err
	}
	a.Status.DeletionBlockers = nil
	how := store.Deletion{Retain: a.Spec.Retains() || a.Observes()}
	if !how.Retain && a.Spec.Deletion.Teams == v1alpha1.TeamsTransfer {
		if how.TransferTeamsTo, err = k.heir(ctx, a); err != nil {
			return err
		}
	}
	err = k.Session.Fenced().DeleteAccount(ctx, claim, how)
	if errors.Is(err, store.ErrNoHeir) {
		return noHeir(a)
	}
	stopped := (*store.BlockedError)(nil)
	if !errors.As(err, &stopped) {
		logRemoved(ctx, a, how, err)
		return err
	}
	a.Status.DeletionBlockers = deletionBlockers(stopped.Blockers)
	return outcome.StalledBy(v1alpha1.ReasonDeletionBlocked, "%s", blockedMessage(stopped.Blockers))
}

// logRemoved leaves a line of each account that goes: where it was, nothing in the cluster shows it any more.
func logRemoved(ctx context.Context, a *v1alpha1.Account, how store.Deletion, err error) {
	switch log := ctrl.LoggerFrom(ctx).WithValues("account", a.Status.AccountID); {
	case err != nil:
	case how.Retain:
		log.Info("left an account in the store, managed by nobody")
	default:
		log.Info("deleted an account")
	}
}

// heir is the claim of the Account that gets the teams, which must be Ready and of this manager's class; else none's, so
// that the store finds out whether there are any. Accounts that name each other could never go together otherwise.
func (k *Kind) heir(ctx context.Context, a *v1alpha1.Account) (store.Claim, error) {
	var heir v1alpha1.Account
	err := k.Reader.Cached.Get(ctx, types.NamespacedName{Namespace: a.Namespace, Name: a.Spec.Deletion.TransferTeamsTo.Name}, &heir)
	if apierrors.IsNotFound(err) {
		return k.nobody(), nil
	}
	if err != nil {
		return store.Claim{}, outcome.FromAPI(fmt.Errorf("read Account: %w", err))
	}
	_, ready := status.ReadyReason(&heir)
	if !ready || heir.UID == a.UID || heir.Observes() || !heir.DeletionTimestamp.IsZero() || heir.Spec.ClassName != a.Spec.ClassName {
		return k.nobody(), nil
	}
	return k.Reader.Claim(ctx, store.KindAccount, &heir)
}

// none has no row.
func (k *Kind) nobody() store.Claim {
	return store.Claim{Cluster: k.Reader.Cluster, Kind: store.KindAccount, UID: "nobody"}
}

func noHeir(a *v1alpha1.Account) error {
	return outcome.StalledBy(v1alpha1.ReasonTransferTargetNotReady,
		"the teams of this account are to go to the Account %q, which does not exist, is not Ready or is on its way out; "+
			"mend it, name another one in spec.deletion.transferTeamsTo, or set spec.deletion.teams to Delete", a.Spec.Deletion.TransferTeamsTo.Name)
}

// checkHeir refuses what could never be done, while there is still time to correct it.
func checkHeir(a *v1alpha1.Account) error {
	if to := a.Spec.Deletion.TransferTeamsTo; to != nil && to.Name == a.Name {
		return outcome.StalledBy(v1alpha1.ReasonInvalid, "spec.deletion.transferTeamsTo names this object itself; name another Account")
	}
	return nil
}

func deletionBlockers(blockers []store.Blocker) []v1alpha1.DeletionBlocker {
	shown := make([]v1alpha1.DeletionBlocker, len(blockers))
	for i, b := range blockers {
		shown[i] = v1alpha1.DeletionBlocker{Kind: b.Kind, Count: *count(b.Count)}
		for _, id := range b.IDs {
			shown[i].IDs = append(shown[i].IDs, legible.Shown(id))
		}
	}
	return shown
}

// blockedMessage names what is in the way and what to do about it.
func blockedMessage(blockers []store.Blocker) string {
	parts := make([]string, len(blockers))
	for i, b := range blockers {
		ids := strings.Join(b.IDs, ", ")
		if b.Count > len(b.IDs) {
			ids += ", ..."
		}
		if b.InTeams > 0 {
			ids += fmt.Sprintf("; %d in teams that it owns", b.InTeams)
		}
		parts[i] = fmt.Sprintf("%d %s (%s)", b.Count, plural(b), ids)
	}
	return "the account still has " + strings.Join(parts, ", ") +
		"; remove what is listed where it runs and the deletion goes on by itself, " +
		"or set spec.deletionPolicy to Retain to keep the account" + teamsHint(blockers)
}

func teamsHint(blockers []store.Blocker) string {
	for _, b := range blockers {
		if b.InTeams > 0 {
			return ", or spec.deletion.teams to Transfer to give the teams away"
		}
	}
	return ""
}

func plural(b store.Blocker) string {
	if b.Count == 1 {
		return strings.ToLower(b.Kind)
	}
	return strings.ToLower(b.Kind) + "s"
}
