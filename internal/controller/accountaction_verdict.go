package controller

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// confirmByHand is what makes an address that was changed a confirmed one.
const confirmByHand = "once the account holder has shown who they are, create an AccountAction of type ConfirmAddress"

// judgeAction says what an action's end, or what keeps it from ending, means. It is pure.
func (v accountView) judgeAction(what v1alpha1.ActionType, result store.ActionResult, outcome error) verdict {
	if outcome != nil {
		return judge(outcome)
	}
	switch result.Refused {
	case store.RefusedRateLimited:
		return verdict{
			reason: v1alpha1.ReasonRateLimited, stalled: true,
			message: fmt.Sprintf("the address got as many mails with links within an hour as --mail-rate allows; create another action after %s",
				result.RetryAfter.UTC().Format(time.RFC3339)),
		}
	case store.RefusedAlreadyVerified:
		return verdict{ready: true, reason: v1alpha1.ReasonAlreadyVerified, message: "the address is confirmed already; no mail was sent"}
	case store.RefusedConfirmationMailed:
		return verdict{
			ready: true, reason: v1alpha1.ReasonConfirmationMailed,
			message: "the address is not confirmed yet, so that a mail that asks for this was put into the outbox in place of the reset",
		}
	case store.RefusedAddressNotProved:
		return verdict{
			reason: v1alpha1.ReasonAddressNotProved, stalled: true,
			message: "no link is mailed: the address was changed, and nobody has proved the new one; " + confirmByHand,
		}
	case store.RefusedAddressDiffers:
		return verdict{
			reason: v1alpha1.ReasonAddressDiffers, stalled: true,
			message: "nothing was confirmed: the account has another address than spec.email; status.email of the Account shows it",
		}
	case store.RefusedNoSecondFactor:
		return verdict{ready: true, reason: v1alpha1.ReasonNoSecondFactor, message: "the account has no second factor; nothing was reset and no mail was sent"}
	default:
		return verdict{ready: true, reason: v1alpha1.ReasonCompleted, message: v.performed(what)}
	}
}

// actionNews is the event of an action that is over.
func actionNews(v verdict) news {
	if v.ready {
		return news{corev1.EventTypeNormal, "ActionCompleted", v.message}
	}
	return news{corev1.EventTypeWarning, "ActionFailed", v.message}
}

// performed says what was done, and no more: whether a mail has gone out is known later, and told by the Account.
func (v accountView) performed(what v1alpha1.ActionType) string {
	waits := ", and waits there: this manager sends no mails with links; start it with --smtp-url-file, --mail-from and --portal-url"
	switch {
	case what == v1alpha1.ActionConfirmAddress:
		return "the address is confirmed now"
	case what == v1alpha1.ActionResetTwoFactor:
		return "every second factor was removed, and a notice was put into the outbox"
	case !v.mails:
		return "a mail with a link was put into the outbox" + waits
	case what == v1alpha1.ActionResendVerificationEmail:
		return "a mail with a link was put into the outbox; the Account's condition EmailVerified tells whether it has gone out"
	default:
		return "a mail with a link was put into the outbox; it goes out when the mail server takes it"
	}
}
