package controller

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// askedAt is when the mail that asks to confirm an address was put into the outbox.
var askedAt = time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)

func mailCauses() []cause {
	waits := func(change func(*store.Confirmation)) store.Account {
		c := store.Confirmation{State: store.MailWaiting, Since: askedAt}
		change(&c)
		return store.Account{Confirmation: c}
	}
	no := func(*store.Confirmation) {}
	failed := func(c *store.Confirmation) { c.Reason = "the mail server does not answer" }
	held := func(c *store.Confirmation) { c.Held = askedAt.Add(time.Hour) }
	sent := func(c *store.Confirmation) { c.State, c.Sent = store.MailSent, askedAt.Add(time.Minute) }
	ended := func(c *store.Confirmation) { c.State = store.MailSent }
	dead := func(c *store.Confirmation) {
		c.State, c.Reason = store.MailDead, "the mail server refused the recipient (550)"
	}
	v, mute := accountView{mails: true}, accountView{}
	return []cause{
		{"the holder confirmed the address", v.verified(store.Account{EmailVerified: askedAt}, false), v1alpha1.ReasonConfirmed, `the address is confirmed`},
		{"the address was changed", v.verified(store.Account{AddressNotProved: true}, false), v1alpha1.ReasonAddressNotProved, `the address was changed, and nobody has proved the new one; until then no link is mailed there; once the account holder has shown who they are, create an AccountAction of type ConfirmAddress`},
		{"the mail was just asked for", v.verified(waits(no), false), v1alpha1.ReasonMailWaiting, `the mail that asks for it waits since 2026-11-28T10:00:00Z; it goes out in a moment`},
		{"no mail server is named", mute.verified(waits(no), false), v1alpha1.ReasonMailNotConfigured, `the mail that asks for it waits since 2026-11-28T10:00:00Z: start the manager with --smtp-url-file, --mail-from and --portal-url`},
		{"the mail server does not work", v.verified(waits(failed), false), v1alpha1.ReasonMailWaiting, `the mail that asks for it waits since 2026-11-28T10:00:00Z: the mail server does not answer; it is tried again by itself`},
		{"too many mails within the hour", v.verified(waits(held), false), v1alpha1.ReasonMailHeld, `the mail that asks for it waits since 2026-11-28T10:00:00Z: the address got as many within an hour as --mail-rate allows; it goes out after 2026-11-28T11:00:00Z by itself`},
		{"the mail went out", v.verified(waits(sent), false), v1alpha1.ReasonAwaitingConfirmation, `a mail went out at 2026-11-28T10:01:00Z; the account holder has to follow its link within 24 hours; an AccountAction of type ResendVerificationEmail sends a new one`},
		{"another program sent the mail", v.verified(waits(ended), false), v1alpha1.ReasonAwaitingConfirmation, `a mail went out; the account holder has to follow its link within 24 hours; an AccountAction of type ResendVerificationEmail sends a new one`},
		{"the mail was refused", v.verified(waits(dead), false), v1alpha1.ReasonMailUndelivered, `the mail that asks for it was given up: the mail server refused the recipient (550); correct the address or mend the mail server, then create an AccountAction of type ResendVerificationEmail`},
		{"the address of an observed account was changed", v.verified(store.Account{AddressNotProved: true}, true), v1alpha1.ReasonAddressNotProved, `the address was changed, and nobody has proved the new one; until then no link is mailed there; this account is only observed, so that is up to whoever manages it`},
		{"the mail for an observed account went out", v.verified(waits(sent), true), v1alpha1.ReasonAwaitingConfirmation, `a mail went out at 2026-11-28T10:01:00Z; the account holder has to follow its link within 24 hours`},
		{"the mail for an observed account was refused", v.verified(waits(dead), true), v1alpha1.ReasonMailUndelivered, `the mail that asks for it was given up: the mail server refused the recipient (550); correct the address or mend the mail server`},
		{"no mail, as of an adopted account", v.verified(store.Account{}, false), v1alpha1.ReasonNotAsked, `no mail that asks for it is on record; an AccountAction of type ResendVerificationEmail sends one`},
		{"no mail, of an observed account", v.verified(store.Account{}, true), v1alpha1.ReasonNotAsked, `no mail that asks for it is on record; the account is only observed, so none is sent`},
	}
}

func actionCauses() []cause {
	refused := func(r store.ActionRefusal) verdict {
		return accountView{}.judgeAction("", store.ActionResult{Refused: r, RetryAfter: askedAt}, nil)
	}
	done := func(mails bool, what v1alpha1.ActionType) verdict {
		return accountView{mails: mails}.judgeAction(what, store.ActionResult{}, nil)
	}
	return []cause{
		{"a mail that confirms an address is to be sent again", done(true, v1alpha1.ActionResendVerificationEmail), v1alpha1.ReasonCompleted, `a mail with a link was put into the outbox; the Account's condition EmailVerified tells whether it has gone out`},
		{"a password is to be reset", done(true, v1alpha1.ActionSendPasswordReset), v1alpha1.ReasonCompleted, `a mail with a link was put into the outbox; it goes out when the mail server takes it`},
		{"a password is to be reset where no mails go out", done(false, v1alpha1.ActionSendPasswordReset), v1alpha1.ReasonCompleted, `a mail with a link was put into the outbox, and waits there: this manager sends no mails with links; start it with --smtp-url-file, --mail-from and --portal-url`},
		{"second factors are reset", done(true, v1alpha1.ActionResetTwoFactor), v1alpha1.ReasonCompleted, `every second factor was removed, and a notice was put into the outbox`},
		{"an address is confirmed by hand", done(true, v1alpha1.ActionConfirmAddress), v1alpha1.ReasonCompleted, `the address is confirmed now`},
		{"too many mails are asked for", refused(store.RefusedRateLimited), v1alpha1.ReasonRateLimited, `the address got as many mails with links within an hour as --mail-rate allows; create another action after 2026-11-28T10:00:00Z`},
		{"the address is confirmed already", refused(store.RefusedAlreadyVerified), v1alpha1.ReasonAlreadyVerified, `the address is confirmed already; no mail was sent`},
		{"a reset for an address that was never confirmed", refused(store.RefusedConfirmationMailed), v1alpha1.ReasonConfirmationMailed, `the address is not confirmed yet, so that a mail that asks for this was put into the outbox in place of the reset`},
		{"a link for an address that nobody proved", refused(store.RefusedAddressNotProved), v1alpha1.ReasonAddressNotProved, `no link is mailed: the address was changed, and nobody has proved the new one; once the account holder has shown who they are, create an AccountAction of type ConfirmAddress`},
		{"another address is to be confirmed", refused(store.RefusedAddressDiffers), v1alpha1.ReasonAddressDiffers, `nothing was confirmed: the account has another address than spec.email; status.email of the Account shows it`},
		{"there is no second factor", refused(store.RefusedNoSecondFactor), v1alpha1.ReasonNoSecondFactor, `the account has no second factor; nothing was reset and no mail was sent`},
		{"the store was put back to before an action", undone, v1alpha1.ReasonStorePutBack, `the store was put back to a state of before this action was performed, so what it did is undone; it is not performed again: create another action if it is still wanted`},
	}
}

func childCauses() []cause {
	a := &v1alpha1.Account{Spec: v1alpha1.AccountSpec{CommonSpec: v1alpha1.CommonSpec{ClassName: "gpu"}}}
	a.Name = "alice"
	taken := envVarPlan{conflicts: []v1alpha1.EnvVarConflict{{Name: "HF_TOKEN", Holder: "base"}}}
	more := envVarPlan{conflicts: append(slices.Clone(taken.conflicts), v1alpha1.EnvVarConflict{Name: "WANDB", Holder: "base"})}
	return []cause{
		{"there is no Account", judge(accountNotFound("alice")), v1alpha1.ReasonAccountNotFound, `there is no Account "alice" in this namespace; create it, or delete this object`},
		{"the Account has no row", judge(accountNotReady("alice")), v1alpha1.ReasonAccountNotReady, `the Account "alice" is not in the store; see its conditions`},
		{"the Account is another manager's", judge(classMismatch(a, &v1alpha1.EnvVarSet{})), v1alpha1.ReasonClassMismatch, `the Account "alice" is of class "gpu", this object of class ""; make it anew with the Account's className`},
		{"the Account is only observed", judge(accountNotManaged("alice")), v1alpha1.ReasonAccountNotManaged, `the Account "alice" is only observed, so nothing of it is written; set its spec.managementPolicy to Manage, or delete this object`},
		{"another set has a name", judge(taken.conflict()), v1alpha1.ReasonNameConflict, `HF_TOKEN is held by the EnvVarSet "base"; rename it or remove it from one of the two; the rest of this set is applied`},
		{"other sets have several names", judge(more.conflict()), v1alpha1.ReasonNameConflict, `HF_TOKEN is held by the EnvVarSet "base" (and 1 more, see status.conflicts); rename it or remove it from one of the two; the rest of this set is applied`},
		{"another connection has the name", judge(connectionNameHeld()), v1alpha1.ReasonNameConflict, `the account has a connection of this name that this object does not manage; give this object another name`},
		{"a connection that is not to be verified", notVerified, v1alpha1.ReasonVerificationDisabled, `spec.verification is Disabled; leave it out to have the provider asked`},
		{"a connection that was just stored", verifying, v1alpha1.ReasonVerifying, `the provider is about to be asked`},
	}
}

// A mail that has not gone out is never one that the holder has to follow, and an action never says that one has.
func TestMessages_NoMailWentOut_NobodyIsToFollowALink(t *testing.T) {
	for _, c := range append(mailCauses(), actionCauses()...) {
		if strings.Contains(c.found.message, "follow") && c.reason != v1alpha1.ReasonAwaitingConfirmation {
			t.Errorf("%s: %s", c.given, c.found.message)
		}
	}
}
