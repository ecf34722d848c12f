package account

import (
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// ConfirmByHand is what makes an address that was changed a confirmed one.
const ConfirmByHand = "once the account holder has shown who they are, create an AccountAction of type ConfirmAddress"

// verified says whether the address is confirmed, and else what became of the mail that asks for it and who has to do what. It is
// pure. observed says that the object only shows the account.
func (v View) verified(got store.Account, observed bool) outcome.Verdict {
	c := got.Confirmation
	prove, again, anew := ConfirmByHand, ", then create an AccountAction of type ResendVerificationEmail", "; an AccountAction of type ResendVerificationEmail sends a new one"
	if observed { // no action is performed for it
		prove, again, anew = "this account is only observed, so that is up to whoever manages it", "", ""
	}
	switch {
	case !got.EmailVerified.IsZero():
		return outcome.Verdict{Ready: true, Reason: v1alpha1.ReasonConfirmed, Message: "the address is confirmed"}
	case !got.SuspendedAccess.IsZero():
		return outcome.Verdict{Reason: v1alpha1.ReasonNotAsked, Message: "access is suspended, so no mail asks for it"}
	case got.AddressNotProved && c.State == "":
		return outcome.Verdict{Reason: v1alpha1.ReasonAddressNotConfirmed,
			Message: "the address was changed, and nobody has proved the new one; until then no password reset is mailed there; " + prove}
	case c.State == store.MailWaiting:
		return v.waiting(c)
	case c.State == store.MailDead:
		return outcome.Verdict{Reason: v1alpha1.ReasonMailUndelivered, Message: "the mail that asks for it was given up" + because(c) +
			"; correct the address or mend the mail server" + again}
	case c.State == store.MailSent:
		return wentOut(c, got.AddressNotProved, anew)
	case observed:
		return outcome.Verdict{Reason: v1alpha1.ReasonNotAsked, Message: "no mail that asks for it is on record; the account is only observed, so none is sent"}
	default:
		return outcome.Verdict{Reason: v1alpha1.ReasonNotAsked,
			Message: "no mail that asks for it is on record; an AccountAction of type ResendVerificationEmail sends one"}
	}
}

// wentOut says what the account holder has to do: a later address takes a session.
func wentOut(c store.Confirmation, later bool, anew string) outcome.Verdict {
	message := "a mail went out" + when(c.Sent) + "; the account holder has to follow its link within 24 hours"
	if later {
		message = "the address was changed, and a mail went out" + when(c.Sent) +
			"; the account holder has to sign in and follow its link within 24 hours, and no password reset goes there before"
	}
	return outcome.Verdict{Reason: v1alpha1.ReasonAwaitingConfirmation, Message: message + anew}
}

// waiting says why a mail has not gone out yet.
func (v View) waiting(c store.Confirmation) outcome.Verdict {
	since := "the mail that asks for it waits since " + instant(c.Since)
	switch {
	case !v.Mails:
		return outcome.Verdict{Reason: v1alpha1.ReasonMailNotConfigured, Message: since + ": start the manager with --smtp-url-file, --mail-from and --portal-url"}
	case !c.Held.IsZero():
		return outcome.Verdict{Reason: v1alpha1.ReasonMailHeld, Message: since + ": the address got as many within an hour as --mail-rate allows; " +
			"it goes out after " + instant(c.Held) + " by itself"}
	case c.Reason != "":
		return outcome.Verdict{Reason: v1alpha1.ReasonMailWaiting, Message: since + because(c) + "; it is tried again by itself"}
	default:
		return outcome.Verdict{Reason: v1alpha1.ReasonMailWaiting, Message: since + "; it goes out in a moment"}
	}
}

// because is why the last attempt failed.
func because(c store.Confirmation) string {
	if c.Reason == "" {
		return ""
	}
	return ": " + c.Reason
}

// when is empty for a time that is not known, as of a mail that another program ended.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " at " + instant(t)
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
