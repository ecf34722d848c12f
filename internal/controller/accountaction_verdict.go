package controller

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// judgeAction says what an action's end, or what keeps it from ending, means. It is pure.
func judgeAction(result store.ActionResult, outcome error) verdict {
	if outcome != nil {
		return judge(outcome)
	}
	switch result.Refused {
	case store.RefusedRateLimited:
		return verdict{
			reason: v1alpha1.ReasonRateLimited, stalled: true,
			message: fmt.Sprintf("the account got too many mails with links within an hour; create another action after %s",
				result.RetryAfter.UTC().Format(time.RFC3339)),
		}
	case store.RefusedAlreadyVerified:
		return verdict{ready: true, reason: v1alpha1.ReasonAlreadyVerified, message: "the address is confirmed already; no mail was sent"}
	default:
		return verdict{ready: true, reason: v1alpha1.ReasonCompleted, message: "the action was performed"}
	}
}

// actionNews is the event of an action that is over.
func actionNews(v verdict) news {
	if v.ready {
		return news{corev1.EventTypeNormal, "ActionCompleted", v.message}
	}
	return news{corev1.EventTypeWarning, "ActionFailed", v.message}
}
