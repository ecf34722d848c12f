package account

import (
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

func accessSuspended(got store.Account) outcome.Verdict {
	return outcome.Verdict{Reason: v1alpha1.ReasonAccessSuspended, Message: "since " + instant(got.SuspendedAccess) +
		" nobody can sign in, and no link is mailed; what the account holds is written and read as before"}
}

func deletionRequested(got store.Account) outcome.Verdict {
	return outcome.Verdict{Reason: v1alpha1.ReasonHolderAsked, Message: "the account holder asked at " + instant(got.DeletionRequested) +
		" for the account to be deleted, which is up to you: delete this Account, or leave it; the holder may take that back until then"}
}

// asksForDeletion is the event of an account whose holder asks for its deletion since it was reported last. It goes through the API once,
// since the condition stays.
func asksForDeletion(before bool, a *v1alpha1.Account) events.Event {
	c := meta.FindStatusCondition(a.Status.Conditions, v1alpha1.ConditionDeletionRequested)
	if before || c == nil {
		return events.Event{}
	}
	return events.Warning(v1alpha1.ConditionDeletionRequested, c.Message)
}

func isAskedFor(a *v1alpha1.Account) bool {
	return meta.IsStatusConditionTrue(a.Status.Conditions, v1alpha1.ConditionDeletionRequested)
}
