package accountaction

import (
	"testing"
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/causes"
)

// askedAt is when the mail that asks to confirm an address was put into the outbox.
var askedAt = time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	refused := func(r store.ActionRefusal) outcome.Verdict {
		return judgeAction(false, "", store.ActionResult{Refused: r, RetryAfter: askedAt}, nil)
	}
	done := func(mails bool, what v1alpha1.ActionType) outcome.Verdict {
		return judgeAction(mails, what, store.ActionResult{}, nil)
	}
	causes.Check(t, []causes.Cause{
		causes.Of("a mail that confirms an address is to be sent again", done(true, v1alpha1.ActionResendVerificationEmail), v1alpha1.ReasonCompleted, `a mail with a link was put into the outbox; the Account's condition EmailVerified tells whether it has gone out`),
		causes.Of("a password is to be reset", done(true, v1alpha1.ActionSendPasswordReset), v1alpha1.ReasonCompleted, `a mail with a link was put into the outbox; it goes out when the mail server takes it`),
		causes.Of("a password is to be reset where no mails go out", done(false, v1alpha1.ActionSendPasswordReset), v1alpha1.ReasonCompleted, `a mail with a link was put into the outbox, and waits there: this manager sends no mails with links; start it with --smtp-url-file, --mail-from and --portal-url`),
		causes.Of("second factors are reset", done(true, v1alpha1.ActionResetTwoFactor), v1alpha1.ReasonCompleted, `every second factor was removed, and a notice was put into the outbox`),
		causes.Of("an address is confirmed by hand", done(true, v1alpha1.ActionConfirmAddress), v1alpha1.ReasonCompleted, `the address is confirmed now`),
		causes.Of("too many mails are asked for", refused(store.RefusedRateLimited), v1alpha1.ReasonRateLimited, `the address got as many mails with links within an hour as --mail-rate allows; create another action after 2026-11-28T10:00:00Z`),
		causes.Of("the address is confirmed already", refused(store.RefusedAlreadyVerified), v1alpha1.ReasonAlreadyVerified, `the address is confirmed already; no mail was sent`),
		causes.Of("a reset for an address that was never confirmed", refused(store.RefusedConfirmationMailed), v1alpha1.ReasonConfirmationMailed, `the address is not confirmed yet, so that a mail that asks for this was put into the outbox in place of the reset`),
		causes.Of("a link for an address that nobody proved", refused(store.RefusedAddressNotProved), v1alpha1.ReasonAddressNotConfirmed, `no link is mailed: the address was changed, and nobody has proved the new one; once the account holder has shown who they are, create an AccountAction of type ConfirmAddress`),
		causes.Of("a link for an account whose access is suspended", refused(store.RefusedAccessSuspended), v1alpha1.ReasonAccessSuspended, `no link is mailed while access to the account is suspended; take spec.suspendAccess of the Account out first`),
		causes.Of("a reset where nobody has a password", refused(store.RefusedPasswordsOff), v1alpha1.ReasonPasswordsOff, `no link is mailed: account holders have no passwords here (--portal-passwords=Off), and sign in at the OpenID Connect provider`),
		causes.Of("another address is to be confirmed", refused(store.RefusedAddressDiffers), v1alpha1.ReasonAddressDiffers, `nothing was confirmed: the account has another address than spec.email; status.email of the Account shows it`),
		causes.Of("there is no second factor", refused(store.RefusedNoSecondFactor), v1alpha1.ReasonNoSecondFactor, `the account has no second factor; nothing was reset and no mail was sent`),
		causes.Of("the store was put back to before an action", undone, v1alpha1.ReasonStorePutBack, `the store was put back to a state of before this action was performed, so what it did is undone; it is not performed again: create another action if it is still wanted`),
	})
}
