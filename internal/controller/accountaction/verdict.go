package accountaction

import (
	"fmt"
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/account"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// judgeAction says what an action's end, or what keeps it from ending, means. It is pure. mails says that mails with links go out.
func judgeAction(mails bool, what v1alpha1.ActionType, result store.ActionResult, err error) outcome.Verdict {
	if err != nil {
		return outcome.Judge(err)
	}
	switch result.Refused {
	case store.RefusedRateLimited:
		return outcome.Verdict{
			Reason: v1alpha1.ReasonRateLimited, Stalled: true,
			Message: fmt.Sprintf("the address got as many mails with links within an hour as --mail-rate allows; create another action after %s",
				result.RetryAfter.UTC().Format(time.RFC3339)),
		}
	case store.RefusedAlreadyVerified:
		return outcome.Verdict{Ready: true, Reason: v1alpha1.ReasonAlreadyVerified, Message: "the address is confirmed already; no mail was sent"}
	case store.RefusedConfirmationMailed:
		return outcome.Verdict{
			Ready: true, Reason: v1alpha1.ReasonConfirmationMailed,
			Message: "the address is not confirmed yet, so that a mail that asks for this was put into the outbox in place of the reset",
		}
	case store.RefusedAddressNotProved:
		return outcome.Verdict{
			Reason: v1alpha1.ReasonAddressNotConfirmed, Stalled: true,
			Message: "no link is mailed: the address was changed, and nobody has proved the new one; " + account.ConfirmByHand,
		}
	case store.RefusedAccessSuspended:
		return outcome.Verdict{
			Reason: v1alpha1.ReasonAccessSuspended, Stalled: true,
			Message: "no link is mailed while access to the account is suspended; take spec.suspendAccess of the Account out first",
		}
	case store.RefusedPasswordsOff:
		return outcome.Verdict{
			Reason: v1alpha1.ReasonPasswordsOff, Stalled: true,
			Message: "no link is mailed: account holders have no passwords here (--portal-passwords=Off), and sign in at the OpenID Connect provider",
		}
	case store.RefusedAddressDiffers:
		return outcome.Verdict{
			Reason: v1alpha1.ReasonAddressDiffers, Stalled: true,
			Message: "nothing was confirmed: the account has another address than spec.email; status.email of the Account shows it",
		}
	case store.RefusedNoSecondFactor:
		return outcome.Verdict{Ready: true, Reason: v1alpha1.ReasonNoSecondFactor, Message: "the account has no second factor; nothing was reset and no mail was sent"}
	default:
		return outcome.Verdict{Ready: true, Reason: v1alpha1.ReasonCompleted, Message: performed(mails, what)}
	}
}

// actionNews is the event of an action that is over.
func actionNews(v outcome.Verdict) events.Event {
	if v.Ready {
		return events.Normal("ActionCompleted", v.Message)
	}
	return events.Warning("ActionFailed", v.Message)
}

// performed says what was done, and no more: whether a mail has gone out is known later, and shown by the Account.
func performed(mails bool, what v1alpha1.ActionType) string {
	waits := ", and waits there: this manager sends no mails with links; start it with --smtp-url-file, --mail-from and --portal-url"
	switch {
	case what == v1alpha1.ActionConfirmAddress:
		return "the address is confirmed now"
	case what == v1alpha1.ActionResetTwoFactor:
		return "every second factor was removed, and a notice was put into the outbox"
	case !mails:
		return "a mail with a link was put into the outbox" + waits
	case what == v1alpha1.ActionResendVerificationEmail:
		return "a mail with a link was put into the outbox; the Account's condition EmailVerified tells whether it has gone out"
	default:
		return "a mail with a link was put into the outbox; it goes out when the mail server takes it"
	}
}
